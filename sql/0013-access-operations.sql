-- What administrators do with subscriptions, mappings and grants, previews, and what applications read. What gives access is in
-- 0011-access.sql.

do $$
begin
    -- What applications read as: they are made members of it. It has no other rights.
    if not exists (select from pg_roles where rolname = 'scim_app') then
        create role scim_app nologin;
    end if;
end
$$;

create schema scim_app authorization scim_owner;
grant usage on schema scim_app to scim_app, scim_web, scim_manage;
set local role scim_owner;

-- --- finding what administrators name ---------------------------------------------------------------------------------------------------

-- An id, or null for any other text.
create function scim.as_id(value text) returns uuid
    language sql immutable parallel safe
    return case when value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then value::uuid end;

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
        perform scim.fail('SC404', 'subscription', format('There is no subscription "%s".', named));
    end if;
    return s;
end
$$;

-- The account or group that is called so, by its id or its name. `field` is the argument that names it.
create function scim.the_named(of_tenant text, of_type text, named text, field text) returns scim.resource
    language plpgsql stable
as $$
declare
    r scim.resource;
begin
    select x.* into r
      from scim.resource x
     where x.tenant = of_tenant and x.id = scim.as_id(named) and x.type = of_type;
    if not found and of_type = 'User' then
        select x.* into r from scim.resource x where x.tenant = of_tenant and x.user_name_key = scim.fold(named);
    elsif not found then
        select x.* into r from scim.resource x where x.tenant = of_tenant and x.group_name_key = scim.fold(named);
    end if;
    if r.id is null then
        perform scim.fail('SC404', field, format('There is no %s "%s".', lower(of_type), named));
    elsif r.deleted_at is not null then
        perform scim.fail('SC404', field, format('The %s "%s" was %s on %s.', lower(of_type), coalesce(r.doc ->> 'userName', r.doc ->> 'displayName'),
            case of_type when 'User' then 'deleted' else 'archived' end, to_char(r.deleted_at at time zone 'UTC', 'YYYY-MM-DD')));
    end if;
    return r;
end
$$;

-- --- subscriptions: what administrators do -------------------------------------------------------------------------------------------

create function scim.subscription_json(s scim.subscription) returns jsonb
    language sql stable
as $$
    select jsonb_build_object('id', s.id, 'name', s.name, 'description', s.description, 'seats', s.seats, 'automatic', s.automatic,
                              'created', scim.time_text(s.created))
$$;

-- Refuses a name that another one has.
create function scim.free_subscription_name(of_tenant text, new_name text, but uuid) returns void
    language plpgsql
as $$
declare
    taken text;
begin
    select s.name into taken
      from scim.subscription s
     where s.tenant = of_tenant and s.name_key = scim.fold(new_name) and s.id is distinct from but;
    if found then
        perform scim.fail('SC409', 'name', format('There is a subscription "%s" already.', taken));
    end if;
end
$$;

create function scim.admin_subscription_add(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    s scim.subscription;
begin
    perform scim.free_subscription_name(of_tenant, args ->> 'name', null);
    insert into scim.subscription as n (tenant, id, name, description, seats, automatic)
    values (of_tenant, scim.new_id(clock_timestamp()), args ->> 'name', args ->> 'description', (args ->> 'seats')::int,
            coalesce((args ->> 'automatic')::boolean, false))
        on conflict do nothing
    returning n.* into s;
    if not found then
        -- Another one made it at the same time.
        perform scim.fail('SC409', 'name', format('There is a subscription "%s" already.', args ->> 'name'));
    end if;
    return scim.subscription_json(s);
end
$$;

-- The subscription, which nobody else changes from then on, as the administrator knows it.
create function scim.held_subscription(of_tenant text, named text) returns scim.subscription
    language plpgsql
as $$
declare
    s scim.subscription := scim.the_subscription(of_tenant, named);
begin
    select x.* into s from scim.subscription x where x.tenant = of_tenant and x.id = s.id for update;
    if not found then
        perform scim.fail('SC404', 'subscription', format('There is no subscription "%s".', named));
    end if;
    perform scim.must_match(scim.subscription_json(s));
    return s;
end
$$;

create function scim.admin_subscription_set(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    s scim.subscription := scim.held_subscription(of_tenant, args ->> 'subscription');
begin
    perform scim.free_subscription_name(of_tenant, args ->> 'name', s.id);
    update scim.subscription x
       set name = coalesce(args ->> 'name', x.name),
           description = case when args ? 'description' then args ->> 'description' else x.description end,
           seats = case when args ? 'seats' then (args ->> 'seats')::int else x.seats end,
           automatic = coalesce((args ->> 'automatic')::boolean, x.automatic)
     where x.tenant = of_tenant and x.id = s.id
    returning x.* into s;
    return scim.subscription_json(s);
exception
    when unique_violation then
        perform scim.fail('SC409', 'name', format('There is a subscription "%s" already.', args ->> 'name'));
        return null;
end
$$;

create function scim.admin_subscription_remove(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
declare
    s    scim.subscription := scim.held_subscription(of_tenant, args ->> 'subscription');
    user_of text;
begin
    if s.automatic and exists (select from scim.tenant t where t.tenant = of_tenant and t.sync_policy = 'all') then
        perform scim.fail('SC409', 'subscription',
            format('The subscription "%s" is what the policy "all" gives; make another one automatic instead of it first.', s.name));
    end if;
    select g.doc ->> 'displayName' into user_of
      from scim.mapping p
      join scim.resource g on g.tenant = of_tenant and g.id = p.group_id
     where p.tenant = of_tenant and p.subscription_id = s.id
     order by p.id
     limit 1;
    if found then
        perform scim.fail('SC409', 'subscription',
            format('The subscription "%s" is mapped to the group "%s"; remove its mappings first.', s.name, user_of));
    end if;
    select u.doc ->> 'userName' into user_of
      from scim.access_grant a
      join scim.resource u on u.tenant = of_tenant and u.id = a.user_id
     where a.tenant = of_tenant and a.subscription_id = s.id
     order by a.granted, a.user_id
     limit 1;
    if found then
        perform scim.fail('SC409', 'subscription',
            format('The subscription "%s" is granted to the user "%s"; remove its grants first.', s.name, user_of));
    end if;
    delete from scim.subscription x where x.tenant = of_tenant and x.id = s.id;
exception
    when foreign_key_violation then
        -- By what another area keeps, or by what came at the same time.
        perform scim.fail('SC409', 'subscription', format('The subscription "%s" is in use.', s.name));
end
$$;

-- How many have it.
create function scim.subscription_usage(of_tenant text, s scim.subscription) returns jsonb
    language plpgsql stable
as $$
begin
    return (select jsonb_build_object('id', s.id, 'name', s.name, 'seats', s.seats, 'entitled', c.n, 'seated', least(c.n, s.seats),
                                      'waiting', c.n - least(c.n, s.seats))
              from (select count(distinct g.user_id) as n
                      from scim.ground g
                     where g.tenant = of_tenant and g.subscription_id = s.id) c);
end
$$;

-- --- mappings --------------------------------------------------------------------------------------------------------------------------

create function scim.mapping_json(p scim.mapping) returns jsonb
    language sql stable
as $$
    select jsonb_build_object(
                       'id', p.id, 'group', g.doc ->> 'displayName', 'groupId', p.group_id, 'archived', g.deleted_at is not null,
                       'subscription', (select s.name from scim.subscription s where s.tenant = p.tenant and s.id = p.subscription_id),
                       'subscriptionId', p.subscription_id, 'role', p.role, 'created', scim.time_text(p.created), 'createdBy', p.created_by)
              from scim.resource g
             where g.tenant = p.tenant and g.id = p.group_id
$$;

create function scim.actor() returns text
    language sql stable
    return coalesce(nullif(current_setting('scim.actor', true), ''), session_user);

-- Maps a group; null where it is mapped so already. Other than by administrators it is called by previews.
create function scim.map_group(of_tenant text, g scim.resource, s scim.subscription, of_role text) returns scim.mapping
    language plpgsql
as $$
declare
    p scim.mapping;
begin
    insert into scim.mapping as n (tenant, id, group_id, subscription_id, role, created_by)
    values (of_tenant, scim.new_id(clock_timestamp()), g.id, s.id, of_role, scim.actor())
        on conflict do nothing
    returning n.* into p;
    return p;
end
$$;

create function scim.admin_mapping_add(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    g scim.resource;
    s scim.subscription;
    p scim.mapping;
    role_value text;
begin
    if (args ->> 'subscription' is null) = (args ->> 'role' is null) then
        perform scim.fail('SC400', 'subscription', 'Name either a subscription or a role.');
    end if;
    g := scim.the_named(of_tenant, 'Group', args ->> 'group', 'group');
    if args ->> 'subscription' is not null then
        s := scim.the_subscription(of_tenant, args ->> 'subscription');
    else
        role_value := (scim.the_role(of_tenant, args ->> 'role')).doc ->> 'value';
    end if;
    -- Neither goes before this is there.
    perform from scim.resource r where r.tenant = of_tenant and r.id = g.id and r.deleted_at is null for key share;
    if not found then
        perform scim.fail('SC404', 'group', format('The group "%s" was archived meanwhile.', g.doc ->> 'displayName'));
    end if;
    p := scim.map_group(of_tenant, g, s, role_value);
    if p.id is null then
        perform scim.fail('SC409', case when role_value is null then 'subscription' else 'role' end,
            format('The group "%s" is mapped to "%s" already.', g.doc ->> 'displayName', coalesce(s.name, role_value)));
    end if;
    perform scim.note(of_tenant, 'map', 'Group', g.id::text, g.doc ->> 'displayName', null,
                      jsonb_strip_nulls(jsonb_build_object('subscription', s.name, 'role', role_value)));
    return scim.mapping_json(p);
exception
    when foreign_key_violation then
        perform scim.fail('SC404', 'subscription', format('There is no subscription "%s".', args ->> 'subscription'));
        return null;
end
$$;

create function scim.the_mapping(of_tenant text, named text) returns scim.mapping
    language plpgsql
as $$
declare
    p scim.mapping;
begin
    select x.* into p from scim.mapping x where x.tenant = of_tenant and x.id = scim.as_id(named) for update;
    if not found then
        perform scim.fail('SC404', 'mapping', format('There is no mapping "%s".', named));
    end if;
    return p;
end
$$;

create function scim.admin_mapping_remove(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
declare
    p scim.mapping := scim.the_mapping(of_tenant, args ->> 'mapping');
    j jsonb := scim.mapping_json(p);
begin
    perform scim.must_match(j);
    delete from scim.mapping x where x.tenant = of_tenant and x.id = p.id;
    perform scim.note(of_tenant, 'unmap', 'Group', p.group_id::text, j ->> 'group',
                      jsonb_strip_nulls(jsonb_build_object('subscription', j -> 'subscription', 'role', p.role)), null);
end
$$;

-- --- grants ----------------------------------------------------------------------------------------------------------------------------

create function scim.grant_json(a scim.access_grant) returns jsonb
    language sql stable
as $$
    select jsonb_build_object(
                       'id', a.id, 'userId', a.user_id, 'userName', u.doc ->> 'userName',
                       'subscription', (select s.name from scim.subscription s where s.tenant = a.tenant and s.id = a.subscription_id),
                       'subscriptionId', a.subscription_id, 'role', a.role, 'source', a.source, 'granted', scim.time_text(a.granted),
                       'grantedBy', a.granted_by)
              from scim.resource u
             where u.tenant = a.tenant and u.id = a.user_id
$$;

create function scim.admin_grant_add(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    u scim.resource := scim.the_named(of_tenant, 'User', args ->> 'user', 'user');
    s scim.subscription := scim.the_subscription(of_tenant, args ->> 'subscription');
    a scim.access_grant;
begin
    insert into scim.access_grant as n (tenant, user_id, subscription_id, source)
    values (of_tenant, u.id, s.id, 'manual')
        on conflict do nothing
    returning n.* into a;
    if not found then
        perform scim.fail('SC409', 'subscription', format('The user "%s" was granted "%s" already.', u.doc ->> 'userName', s.name));
    end if;
    return scim.grant_json(a);
exception
    when foreign_key_violation then
        perform scim.fail('SC404', 'subscription', format('There is no subscription "%s".', args ->> 'subscription'));
        return null;
end
$$;

create function scim.admin_grant_remove(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
declare
    a scim.access_grant;
begin
    select x.* into a from scim.access_grant x where x.tenant = of_tenant and x.id = scim.as_id(args ->> 'grant') for update;
    if not found then
        perform scim.fail('SC404', 'grant', format('There is no grant "%s".', args ->> 'grant'));
    end if;
    perform scim.must_match(scim.grant_json(a));
    delete from scim.access_grant x where x.tenant = of_tenant and x.id = a.id;
end
$$;

-- --- what an account has, and why -----------------------------------------------------------------------------------------------------

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
    u scim.resource := scim.the_named(of_tenant, 'User', args ->> 'user', 'user');
begin
    if not u.active then
        perform scim.fail('SC409', 'user', format('The user "%s" is deactivated; it may not log in.', u.doc ->> 'userName'));
    end if;
    if (select t.login_policy from scim.tenant t where t.tenant = of_tenant) = 'first-login' then
        insert into scim.first_login (tenant, user_id) values (of_tenant, u.id) on conflict do nothing;
        if found then
            insert into scim.access_grant (tenant, user_id, subscription_id, source)
            select of_tenant, u.id, s.id, 'login'
              from scim.subscription s
             where s.tenant = of_tenant and s.automatic
                on conflict do nothing;
        end if;
    end if;
    return scim.user_access(of_tenant, u);
end
$$;

-- --- who has a subscription ------------------------------------------------------------------------------------------------------------

-- Who has it, in the order of seats, from a place on. `standing` is seated, waiting or null, `q` what names are searched for. Reads the
-- first grounds in pieces; an account is where its first ground is.
create function scim.holders(of_tenant text, s scim.subscription, after_since timestamptz, after_user uuid, q text, standing text,
                             most int)
    returns table (since timestamptz, user_id uuid, seated boolean, doc jsonb)
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
        if last > (after_since, after_user)::scim.place then
            after_since := last.since;
            after_user := last.user_id;
        end if;
    end if;
    loop
        n := 0;
        for c in
            select f.since, f.user_id, r.doc,
                   (q is null or position(scim.fold(q) in concat_ws(E'\n', r.user_name_key, r.display_name_key)) > 0)
                   and (select min(g.since) from scim.ground g
                         where g.tenant = of_tenant and g.user_id = f.user_id and g.subscription_id = s.id) = f.since as shown
              from (select distinct x.since, x.user_id
                      from scim.first_grounds(of_tenant, s.id, after_since, after_user, piece) x
                     order by x.since, x.user_id
                     limit piece) f
              join scim.resource r on r.tenant = of_tenant and r.id = f.user_id
             order by f.since, f.user_id loop
            n := n + 1;
            after_since := c.since;
            after_user := c.user_id;
            since := c.since;
            user_id := c.user_id;
            doc := c.doc;
            seated := last.user_id is null or (c.since, c.user_id)::scim.place <= last;
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
create function scim.place_text(since timestamptz, user_id uuid) returns text
    language sql immutable parallel safe
    return (extract(epoch from since) * 1000000)::bigint || '_' || user_id;
create function scim.place_since(place text) returns timestamptz
    language sql immutable parallel safe
    return timestamptz 'epoch' + coalesce(split_part(place, '_', 1)::bigint, 0) * interval '1 microsecond';
create function scim.place_user(place text) returns uuid
    language sql immutable parallel safe
    return coalesce(split_part(place, '_', 2)::uuid, '00000000-0000-0000-0000-000000000000');

-- --- previews -------------------------------------------------------------------------------------------------------------------------

create type scim.holding as (user_id uuid, subscription_id uuid, role text);

-- Who has what of these subscriptions, or of all where it is null; and, where roles are asked for, which roles by groups.
create function scim.holdings(of_tenant text, of_subscriptions uuid[], roles boolean) returns scim.holding[]
    language plpgsql stable
as $$
declare
    s   record;
    got scim.holding[];
    one scim.holding[];
begin
    for s in select x.id, x.seats
               from scim.subscription x
              where x.tenant = of_tenant and (of_subscriptions is null or x.id = any (of_subscriptions)) loop
        select array_agg((h.user_id, s.id, null)::scim.holding) into one
          from (select g.user_id
                  from scim.ground g
                 where g.tenant = of_tenant and g.subscription_id = s.id
                 group by g.user_id
                 order by case when s.seats is not null then min(g.since) end, case when s.seats is not null then g.user_id end
                 limit s.seats) h;
        got := got || one;
    end loop;
    if roles then
        select array_agg((h.user_id, null, h.role)::scim.holding) into one
          from (select distinct g.user_id, g.role from scim.ground_role g where g.tenant = of_tenant and g.source = 'group') h;
        got := got || one;
    end if;
    return coalesce(got, '{}');
end
$$;

-- What one has and the other has not: how many, and the first of them.
create function scim.holdings_beyond(of_tenant text, one scim.holding[], other scim.holding[], most int) returns jsonb
    language plpgsql stable
as $$
declare
    beyond scim.holding[];
begin
    select array_agg(row(x.user_id, x.subscription_id, x.role)::scim.holding order by x.user_id, x.subscription_id, x.role) into beyond
      from (select * from unnest(one) except select * from unnest(other)) x;
    return jsonb_build_object(
        'count', coalesce(array_length(beyond, 1), 0),
        'items', coalesce((select jsonb_agg(jsonb_build_object(
                                      'userId', b.user_id, 'userName', r.doc -> 'userName',
                                      'subscription', (select s.name from scim.subscription s where s.tenant = of_tenant and s.id = b.subscription_id),
                                      'role', b.role) order by b.ordinality)
                             from unnest(beyond [1:most]) with ordinality b (user_id, subscription_id, role, ordinality)
                             join scim.resource r on r.tenant = of_tenant and r.id = b.user_id), '[]'));
end
$$;

-- The two sides of GROUP=SUBSCRIPTION, GROUP=role:ROLE or SUBSCRIPTION=SEATS; the last "=" divides.
create function scim.sides(pair text, field text, form text) returns text[]
    language plpgsql
as $$
declare
    sides text[] := regexp_match(pair, '^(.+)=(.+)$');
begin
    if sides is null then
        perform scim.fail('SC400', field, format('"%s" is not of the form %s.', pair, form));
    end if;
    return sides;
end
$$;

-- Makes the change that a preview is about, and says which subscriptions it may concern, null for all.
create function scim.try_change(of_tenant text, args jsonb) returns uuid[]
    language plpgsql
as $$
declare
    concerned uuid[] := '{}';
    pair      text;
    argument  text := 'map'; -- which is being read
    sides     text[];
    g         scim.resource;
    s         scim.subscription;
    role_name text;
begin
    for pair in select jsonb_array_elements_text(args -> 'map') loop
        sides := scim.sides(pair, 'map', 'GROUP=SUBSCRIPTION or GROUP=role:ROLE');
        g := scim.the_named(of_tenant, 'Group', sides[1], 'map');
        s := null;
        role_name := null;
        if sides[2] like 'role:%' then
            role_name := (scim.the_role(of_tenant, substr(sides[2], 6))).doc ->> 'value';
        else
            s := scim.the_subscription(of_tenant, sides[2]);
        end if;
        perform scim.map_group(of_tenant, g, s, role_name);
        concerned := concerned || s.id;
    end loop;
    argument := 'unmap';
    for pair in select jsonb_array_elements_text(args -> 'unmap') loop
        concerned := concerned || (scim.the_mapping(of_tenant, pair)).subscription_id;
        delete from scim.mapping p where p.tenant = of_tenant and p.id = scim.as_id(pair);
    end loop;
    argument := 'seats';
    for pair in select jsonb_array_elements_text(args -> 'seats') loop
        sides := scim.sides(pair, 'seats', 'SUBSCRIPTION=SEATS');
        s := scim.the_subscription(of_tenant, sides[1]);
        if sides[2] !~ '^([0-9]{1,9}|none)$' then
            perform scim.fail('SC400', 'seats', format('"%s" is no number of seats.', sides[2]));
        end if;
        update scim.subscription x set seats = nullif(sides[2], 'none')::int where x.tenant = of_tenant and x.id = s.id;
        concerned := concerned || s.id;
    end loop;
    argument := 'automatic';
    if args ? 'automatic' then
        update scim.subscription x
           set automatic = x.id in (select (scim.the_subscription(of_tenant, a.name)).id from jsonb_array_elements_text(args -> 'automatic') a (name))
         where x.tenant = of_tenant;
        concerned := null;
    end if;
    if args ? 'syncPolicy' then
        update scim.tenant t set sync_policy = args ->> 'syncPolicy' where t.tenant = of_tenant;
        concerned := null;
    end if;
    return concerned;
exception
    when sqlstate 'SC404' then
        perform scim.fail('SC404', argument, sqlerrm);
        return null;
end
$$;

-- What a change would grant and withdraw: it is made, looked at, and taken back.
create function scim.admin_policy_preview(of_tenant text, args jsonb) returns jsonb
    language plpgsql
    -- Whole tenants are read here.
    set enable_seqscan = on set enable_hashjoin = on set enable_mergejoin = on set work_mem = '64MB'
as $$
declare
    concerned uuid[];
    roles     boolean;
    before    scim.holding[];
    after     scim.holding[];
begin
    begin
        concerned := scim.try_change(of_tenant, args);
        roles := concerned is null or args ? 'map' or args ? 'unmap';
        after := scim.holdings(of_tenant, concerned, roles);
        raise exception using errcode = 'SC999';
    exception
        when sqlstate 'SC999' then
            before := scim.holdings(of_tenant, concerned, roles);
    end;
    return jsonb_build_object('granted', scim.holdings_beyond(of_tenant, after, before, scim.most(args)),
                              'withdrawn', scim.holdings_beyond(of_tenant, before, after, scim.most(args)));
end
$$;

-- --- what applications read ---------------------------------------------------------------------------------------------------------------

-- Names and columns are stable. Each shows the tenant that the setting scim.tenant names, and none without it.

create view scim_app.accounts with (security_barrier) as
select r.tenant, r.id, r.doc ->> 'userName' as user_name, r.user_name_key, r.doc ->> 'displayName' as display_name,
       (select e.value ->> 'value' from jsonb_array_elements(r.doc -> 'emails') with ordinality e
         order by (e.value ->> 'primary') is not distinct from 'true' desc, e.ordinality limit 1) as email,
       (select e.value ->> 'value' from jsonb_array_elements(r.doc -> 'phoneNumbers') with ordinality e
         order by (e.value ->> 'primary') is not distinct from 'true' desc, e.ordinality limit 1) as phone,
       r.active, r.source, coalesce(r.role, scim.effective_role(r.tenant, r.id, r.role)) as role, coalesce(r.flags, '{}') as flags,
       r.external_id, r.created, r.last_modified
  from scim.resource r
 where r.type = 'User' and r.deleted_at is null and coalesce(r.tenant = current_setting('scim.tenant', true), false);

-- Groups that are in groups count: `direct` tells the two apart.
create view scim_app.memberships with (security_barrier) as
select m.tenant, m.group_id, g.doc ->> 'displayName' as group_name, m.member_id as user_id, true as direct, m.added
  from scim.membership m
  join scim.resource g on g.tenant = m.tenant and g.id = m.group_id and g.deleted_at is null
 where m.member_type = 'User' and coalesce(m.tenant = current_setting('scim.tenant', true), false)
 union all
select m.tenant, n.group_id, g.doc ->> 'displayName', m.member_id, false, min(m.added)
  from scim.tenant t
 cross join lateral (
        with recursive down (group_id, via) as (
            select e.group_id, e.member_id from scim.membership e where e.tenant = t.tenant and e.member_type = 'Group'
             union
            select d.group_id, e.member_id
              from down d
              join scim.resource v on v.tenant = t.tenant and v.id = d.via and v.deleted_at is null
              join scim.membership e on e.tenant = t.tenant and e.group_id = d.via and e.member_type = 'Group')
        select d.group_id, d.via
          from down d
          join scim.resource v on v.tenant = t.tenant and v.id = d.via and v.deleted_at is null) n
  join scim.membership m on m.tenant = t.tenant and m.group_id = n.via and m.member_type = 'User'
  join scim.resource g on g.tenant = t.tenant and g.id = n.group_id and g.deleted_at is null
 where t.nests and coalesce(t.tenant = current_setting('scim.tenant', true), false)
   and not exists (select from scim.membership d where d.tenant = t.tenant and d.group_id = n.group_id and d.member_id = m.member_id)
 group by m.tenant, n.group_id, g.doc ->> 'displayName', m.member_id;

create view scim_app.effective_access with (security_barrier) as
select a.tenant, a.user_id, a.kind, a.id, a.name, a.since, a.seated, a.sources
  from scim.access a
 where coalesce(a.tenant = current_setting('scim.tenant', true), false);

-- What facts has of an account beside its row. In plpgsql for its plan, which is made once for a connection.
create function scim.facts_of(of_tenant text, of_user uuid, out roles text[], out entitlements text[], out groups text[])
    language plpgsql stable security definer set search_path = pg_catalog
as $$
begin
    select coalesce(array_agg(e.name order by e.name) filter (where e.kind = 'role'), '{}'),
           coalesce(array_agg(e.name order by e.name) filter (where e.kind = 'subscription' and e.seated), '{}')
      into roles, entitlements
      from scim.access e
     where e.tenant = of_tenant and e.user_id = of_user;
    select coalesce(array_agg(g.group_name order by g.group_name), '{}') into groups
      from scim_app.memberships g
     where g.tenant = of_tenant and g.user_id = of_user;
end
$$;

-- All that decides whether an account may do something, in one row: for `where user_name_key = scim_app.fold(...)`.
create view scim_app.facts with (security_barrier) as
select r.tenant, r.id, r.doc ->> 'userName' as user_name, r.user_name_key, r.active,
       coalesce(r.role, scim.effective_role(r.tenant, r.id, r.role)) as role, f.roles, f.entitlements, f.groups,
       coalesce(r.flags, '{}') as flags
  from scim.resource r
 cross join lateral scim.facts_of(r.tenant, r.id) f
 where r.type = 'User' and r.deleted_at is null and coalesce(r.tenant = current_setting('scim.tenant', true), false);

-- Names as they are compared.
create function scim_app.fold(value text) returns text
    language sql immutable parallel safe
    return scim.fold(value);

-- --- who may touch what ---------------------------------------------------------------------------------------------------------

grant select on all tables in schema scim_app to scim_app, scim_web, scim_manage;
-- What the views call runs with the owner's rights; applications, which may not use the schema scim, cannot call it themselves.
revoke execute on function scim.facts_of from public;
grant execute on function scim.facts_of, scim.last_seat, scim.effective_role to scim_app, scim_web, scim_manage;

reset role;
