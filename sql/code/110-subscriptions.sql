-- What administrators do with subscriptions, mappings and grants, and previews. What gives access is in 100-access.sql.

-- --- finding what administrators name --------------------------------------------------------------------------------

create function scim.the_subscription(of_tenant text, named text) returns scim.subscription
    language plpgsql stable
as $$
declare
    s scim.subscription;
begin
    select x.* into s
      from scim.subscription x
     where x.tenant = of_tenant and (x.id = scim.as_id(named) or x.name_key = scim.fold(named))
     order by x.id = scim.as_id(named) desc nulls last
     limit 1;
    if not found then
        perform scim.fail('SC404', 'subscription', format('There is no subscription "%s"; make it first, or correct the name.', named));
    end if;
    return s;
end
$$;

-- The account or group that is called so, by its id or its name; of one that is gone it is said. `field` is the argument that names it.
create function scim.the_named(of_tenant text, of_type text, named text, field text) returns scim.resource
    language plpgsql stable
as $$
declare
    r scim.resource;
begin
    if of_type = 'Group' then
        select x.* into r from scim.resource x where x.tenant = of_tenant and x.id = scim.find_group(of_tenant, named);
    else
        select x.* into r from scim.resource x where x.tenant = of_tenant and x.id = scim.as_id(named) and x.type = of_type;
        if not found then
            select x.* into r from scim.resource x where x.tenant = of_tenant and x.user_name_key = scim.fold(named);
        end if;
        if not found then
            select x.* into r
              from scim.resource x
             where x.tenant = of_tenant and x.former_name_key = scim.fold(named)
             order by x.id desc
             limit 1;
        end if;
    end if;
    if r.id is null then
        perform scim.fail('SC404', field, format('There is no %s "%s"; make it first, or correct the name.', lower(of_type), named));
    elsif r.deleted_at is not null then
        perform scim.fail('SC404', field, format('The %s "%s" was %s on %s; restore it first.', lower(of_type),
            coalesce(r.doc ->> 'userName', r.doc ->> 'displayName'), case of_type when 'User' then 'deleted' else 'archived' end,
            to_char(r.deleted_at at time zone 'UTC', 'YYYY-MM-DD')));
    end if;
    return r;
end
$$;

-- --- what an account has, and why ------------------------------------------------------------------------------------

create function scim.access_json(a scim.access) returns jsonb
    language sql stable
as $$
    select jsonb_build_object('kind', a.kind, 'id', a.id, 'name', a.name, 'seated', a.seated, 'since', scim.time_text(a.since),
                              'sources', a.sources)
$$;

-- A line about it.
create function scim.access_text(a scim.access) returns text
    language sql stable
as $$
    select case a.kind when 'role' then 'role ' else '' end || a.name || case when a.seated then '' else ' (waiting for a seat)' end || ': '
        || (select string_agg(e.value ->> 'text', ', ' order by e.ordinality) from jsonb_array_elements(a.sources) with ordinality e)
$$;

-- Why an account has no more than it has.
create function scim.access_notes(t scim.tenant, u scim.resource) returns text[]
    language plpgsql stable
as $$
begin
    return array_remove(array[
        case when not u.active then 'The account is deactivated; it has no access until it is active again.' end,
        case when u.protected is not null
             then 'The account is protected; policy and groups do not change its access, only grants do.' end,
        case when u.protected is null and t.sync_policy = 'manual'
             then 'The sync policy is "manual"; nothing follows from synchronisation, only grants count.' end,
        case when u.protected is null and t.sync_policy = 'all' and u.source <> 'scim'
             then 'The account is a local one; the sync policy "all" is about synchronised accounts.' end,
        case when u.protected is null and t.sync_policy = 'groups'
                  and not exists (select from scim.membership m where m.tenant = t.tenant and m.member_id = u.id)
             then 'The account is in no group; the sync policy "groups" gives what groups are mapped to.' end,
        case when exists (select from scim.access_grant a where a.tenant = t.tenant and a.user_id = u.id and a.source = 'login')
                  and (u.protected is not null or t.sync_policy <> 'manual' and u.source = 'scim')
             then 'What the first login granted does not count here.' end], null);
end
$$;

create function scim.user_access(of_tenant text, u scim.resource) returns jsonb
    language plpgsql stable
as $$
begin
    return (select jsonb_build_object(
                       'userId', u.id, 'userName', u.doc -> 'userName', 'active', u.active, 'source', u.source, 'protected', u.protected,
                       'syncPolicy', t.sync_policy,
                       'access', coalesce(a.items, '[]'), 'summary', coalesce(a.lines, '[]'), 'notes', to_jsonb(scim.access_notes(t, u)))
              from scim.tenant t,
                   (select jsonb_agg(scim.access_json(a) order by a.kind desc, a.name, a.id) as items,
                           jsonb_agg(scim.access_text(a) order by a.kind desc, a.name, a.id) as lines
                      from scim.access a
                     where a.tenant = of_tenant and a.user_id = u.id) a
             where t.tenant = of_tenant);
end
$$;

-- The application tells that somebody has logged in. The first time that it does while login_policy is `first-login`, the account
-- gets what is automatic.
create function scim.admin_access_login(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    u       scim.resource := scim.the_named(of_tenant, 'User', args ->> 'user', 'user');
    granted scim.access_grant;
begin
    if not u.active then
        perform scim.fail('SC409', 'user', format('The user "%s" is deactivated, so it may not log in; activate it first, at the identity provider where that keeps it.', u.doc ->> 'userName'));
    end if;
    if (select t.login_policy from scim.tenant t where t.tenant = of_tenant) = 'first-login' then
        insert into scim.first_login (tenant, user_id) values (of_tenant, u.id) on conflict do nothing;
        if found then
            for granted in
                insert into scim.access_grant as n (tenant, user_id, subscription_id, source)
                select of_tenant, u.id, s.id, 'login'
                  from scim.subscription s
                 where s.tenant = of_tenant and s.automatic
                    on conflict do nothing
                returning n.* loop
                perform scim.note_grant('grant', granted);
            end loop;
        end if;
    end if;
    return scim.user_access(of_tenant, u);
end
$$;

-- --- who has a subscription ------------------------------------------------------------------------------------------

-- Who has it, in the order of seats, from a place on. `standing` is seated, waiting or null, `q` what names are searched for. Reads the
-- first grounds in pieces; an account is where its first ground is.
create function scim.holders(of_tenant text, s scim.subscription, after scim.place, q text, standing text, most int)
    returns table (place scim.place, seated boolean, doc jsonb)
    language plpgsql stable rows 50
as $$
declare
    last  scim.place := scim.last_seat(of_tenant, s.id, s.seats);
    -- A search reads many for a few.
    piece int := case when q is null then greatest(most, 100) else 2000 end;
    n     int;
    found_so_far int := 0;
    c     record;
begin
    if standing = 'waiting' then
        if last.user_id is null then
            return;
        end if;
        after := greatest(after, last);
    end if;
    loop
        n := 0;
        for c in
            select (f.since, f.joined, f.user_id)::scim.place as place, r.doc,
                   (q is null or position(scim.fold(q) in concat_ws(E'\n', r.user_name_key, r.display_name_key)) > 0)
                   and (select min(array [g.since, g.joined]) from scim.ground g
                         where g.tenant = of_tenant and g.user_id = f.user_id and g.subscription_id = s.id) = array [f.since, f.joined] as shown
              from (select distinct x.since, x.joined, x.user_id
                      from scim.first_grounds(of_tenant, s.id, after, piece) x
                     order by x.since, x.joined, x.user_id
                     limit piece) f
              join scim.resource r on r.tenant = of_tenant and r.id = f.user_id
             order by f.since, f.joined, f.user_id loop
            n := n + 1;
            after := c.place;
            place := c.place;
            doc := c.doc;
            seated := last.user_id is null or c.place <= last;
            if standing = 'seated' and not seated then
                return;
            end if;
            if c.shown then
                return next;
                found_so_far := found_so_far + 1;
                if found_so_far = most then
                    return;
                end if;
            end if;
        end loop;
        exit when n < piece;
    end loop;
end
$$;

create function scim.holder_json(of_tenant text, of_subscription uuid, of_user uuid, doc jsonb, held_since timestamptz, seated boolean) returns jsonb
    language plpgsql stable
as $$
begin
    return (select jsonb_build_object('userId', of_user, 'userName', doc -> 'userName', 'displayName', doc -> 'displayName', 'seated', seated,
                                      'since', scim.time_text(held_since),
                                      'sources', jsonb_agg(scim.source_json(g.source, g.source_id, g.name, g.through, g.since)
                                                           order by g.since, g.source, g.name),
                                      'why', jsonb_agg(scim.source_text(g.source, g.name, g.through, g.since) order by g.since, g.source, g.name))
              from scim.ground g
             where g.tenant = of_tenant and g.user_id = of_user and g.subscription_id = of_subscription);
end
$$;

-- A place in the order of seats, as the pages of a list have it, and back.
create function scim.place_text(place scim.place) returns text
    language sql immutable parallel safe
    return (extract(epoch from (place).since) * 1000000)::bigint || '_' || (extract(epoch from (place).joined) * 1000000)::bigint || '_' || (place).user_id;

create function scim.place_of(place text) returns scim.place
    language sql immutable parallel safe
    return (timestamptz 'epoch' + coalesce(split_part(place, '_', 1)::bigint, 0) * interval '1 microsecond',
            timestamptz 'epoch' + coalesce(split_part(place, '_', 2)::bigint, 0) * interval '1 microsecond',
            coalesce(split_part(place, '_', 3)::uuid, '00000000-0000-0000-0000-000000000000'))::scim.place;
