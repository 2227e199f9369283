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

-- --- mappings --------------------------------------------------------------------------------------------------------

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

create function scim.the_mapping(of_tenant text, named text) returns scim.mapping
    language plpgsql
as $$
declare
    p scim.mapping;
begin
    select x.* into p from scim.mapping x where x.tenant = of_tenant and x.id = scim.as_id(named) for update;
    if not found then
        perform scim.fail('SC404', 'mapping', format('There is no mapping "%s"; the list of mappings shows their ids.', named));
    end if;
    return p;
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

-- --- previews --------------------------------------------------------------------------------------------------------

-- A change of policy, mappings or seats is made and taken back; of the two states only what they give to whom is kept, a row for
-- each group and what it is mapped to. The members of groups are then read once, for both states, and only of what may differ.

-- What policy and groups give: to the members of `via`, or, where that is null, to all synchronised accounts.
create type scim.given as (subscription_id uuid, role text, via uuid, since timestamptz);

create type scim.seating as (subscription_id uuid, seats int);

create type scim.access_rules as (sync_policy text, given scim.given[], seating scim.seating[]);

create function scim.access_rules_of(of_tenant text) returns scim.access_rules
    language plpgsql stable
as $$
declare
    rules scim.access_rules;
begin
    select t.sync_policy into rules.sync_policy from scim.tenant t where t.tenant = of_tenant;
    select array_agg((g.subscription_id, g.role, g.via, g.since)::scim.given) into rules.given
      from (select a.subscription_id, null as role, null::uuid as via, a.since from scim.reach_all a where a.tenant = of_tenant
             union all
            select d.subscription_id, d.role, d.via, d.since from scim.reach_direct d where d.tenant = of_tenant
             union all
            select d.subscription_id, d.role, d.via, d.since from scim.reach_nested d where d.tenant = of_tenant) g;
    select array_agg((s.id, s.seats)::scim.seating) into rules.seating from scim.subscription s where s.tenant = of_tenant;
    return rules;
end
$$;

-- What two states differ in: a subscription, with its seats in each, or a role.
create type scim.concern as (n int, subscription_id uuid, role text, seats_was int, seats_will int);

-- What gives it, in either state, and since when. `counted` where the order of seats matters in one of them.
create type scim.concerned as (n int, counted boolean, via uuid, was boolean, will boolean, since_was timestamptz, since_will timestamptz);

-- Each ground of what they differ in, as the view scim.ground has it, with the sets of rules in which it is one. For the owner alone: it has
-- no wall. Reads indexes, and of no row anything else.
create function scim.ground_of_either(of_tenant text, concerns scim.concern[], gives scim.concerned[], policy_was text, policy_will text)
    returns table (n int, counted boolean, user_id uuid, joined timestamptz, was boolean, will boolean, since_was timestamptz, since_will timestamptz)
    language sql stable
as $$
    select c.n, c.counted, r.id, case when c.counted then scim.id_time(r.id) end, c.was, c.will, c.since_was, c.since_will
      from unnest(gives) c
     cross join (
            select s.id
              from scim.steered s
              join scim.resource w on w.tenant = of_tenant and w.id = s.id and w.type = 'User' and w.wire
             where s.tenant = of_tenant
               -- Who is active is not deleted.
               and not exists (select from scim.resource l
                                where l.tenant = of_tenant and l.id = s.id and l.type = 'User' and l.source <> 'scim' and l.deleted_at is null)) r
     where c.via is null
     union all
    select c.n, c.counted, m.member_id, m.added, c.was, c.will, c.since_was, c.since_will
      from unnest(gives) c
     cross join lateral (
            select m.member_id, m.added
              from scim.membership m
             where m.tenant = of_tenant and m.group_id = c.via
            offset 0) m
     where m.member_id not in (select u.id from scim.unsteered u where u.tenant = of_tenant)
     union all
    select c.n, c.seats_was is not null or c.seats_will is not null, a.user_id, a.joined,
           a.source <> 'login' or r.protected is null and (policy_was = 'manual' or r.source <> 'scim'),
           a.source <> 'login' or r.protected is null and (policy_will = 'manual' or r.source <> 'scim'), a.granted, a.granted
      from unnest(concerns) c
      join scim.access_grant a on a.tenant = of_tenant and a.subscription_id = c.subscription_id
      join scim.resource r on r.tenant = of_tenant and r.id = a.user_id and r.type = 'User' and r.active
$$;
revoke execute on function scim.ground_of_either from public;

-- Who has what under one set of rules and not under the other: how many, and the first `most` of them, with the number of their concern.
-- With the owner's rights, so that walls are not asked at each row, and behind a wall of its own. Planned each time, for as much
-- as there is to read.
create function scim.differing_access(of_tenant text, concerns scim.concern[], gives scim.concerned[], policy_was text, policy_will text, most int)
    returns table (granted boolean, total bigint, users uuid[], numbers int[])
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_custom_plan set enable_hashjoin = on set enable_bitmapscan = off set max_parallel_workers_per_gather = 0
    set work_mem = '64MB'
as $$
begin
    if not coalesce(current_setting('scim.tenant', true) in (of_tenant, '*'), false) then
        return;
    end if;
    return query
    with plain as materialized (
        -- What one group alone gives, as it was and as it will be: of how many members that is, and the seats that are taken of them.
        select p.n, p.via, p.members, case when p.was then least(p.members, p.seats_was) else 0 end as was,
               case when p.will then least(p.members, p.seats_will) else 0 end as will
          from (select c.n, c.seats_was, c.seats_will, g.via, g.was, g.will,
                       (select count(*)
                          from scim.membership m
                         where m.tenant = of_tenant and m.group_id = g.via
                           and m.member_id not in (select u.id from scim.unsteered u where u.tenant = of_tenant)) as members
                  from unnest(concerns) c
                  join unnest(gives) g on g.n = c.n
                 where c.role is null and g.via is not null and (select count(*) from unnest(gives) o where o.n = c.n) = 1
                   and not exists (select from scim.access_grant a where a.tenant = of_tenant and a.subscription_id = c.subscription_id)
                offset 0) p),
    -- Those who are between the two, in the order of joining; all are found in the order of their ids.
    differing_plain as materialized (
        select p.n, x.member_id as user_id, p.will > p.was as granted
          from plain p
         cross join lateral (
                (select m.member_id
                   from scim.membership m
                  where p.was <> p.will and least(p.was, p.will) = 0 and greatest(p.was, p.will) = p.members
                    and m.tenant = of_tenant and m.group_id = p.via
                    and m.member_id not in (select u.id from scim.unsteered u where u.tenant = of_tenant)
                  order by m.member_id
                  limit most)
                 union all
                (select y.member_id
                   from (select m.member_id
                           from scim.membership m
                          where p.was <> p.will and not (least(p.was, p.will) = 0 and greatest(p.was, p.will) = p.members)
                            and m.tenant = of_tenant and m.group_id = p.via
                            and m.member_id not in (select u.id from scim.unsteered u where u.tenant = of_tenant)
                          order by m.added, m.member_id
                         offset least(p.was, p.will)
                          limit abs(p.was - p.will)) y
                  order by y.member_id
                  limit most)) x),
    other as materialized (
        select array(select c from unnest(concerns) c where c.n not in (select p.n from plain p)) as concerns,
               array(select g from unnest(gives) g where g.n not in (select p.n from plain p)) as gives),
    held as materialized (
        select g.n, g.user_id, min(array [greatest(g.joined, g.since_was), g.joined]) filter (where g.was) as was,
               min(array [greatest(g.joined, g.since_will), g.joined]) filter (where g.will) as will
          from other o cross join lateral scim.ground_of_either(of_tenant, o.concerns, o.gives, policy_was, policy_will) g
         where g.counted
         group by g.n, g.user_id),
    -- In which of the two somebody waits: only there they are put in order.
    crowd as materialized (
        select c.n, c.seats_was, c.seats_will, coalesce(count(h.was) > c.seats_was, false) as waits_was,
               coalesce(count(h.will) > c.seats_will, false) as waits_will
          from unnest(concerns) c
          join held h on h.n = c.n
         group by c.n, c.seats_was, c.seats_will),
    differing as materialized (
        select d.n, d.user_id, d.granted
          from (select g.n, g.user_id, bool_or(g.will) as granted
                  from other o
                 cross join lateral scim.ground_of_either(of_tenant, o.concerns, o.gives, policy_was, policy_will) g
                 where not g.counted
                 group by g.n, g.user_id
                having bool_or(g.was) <> bool_or(g.will)) d
         -- Who has the role of the account's own, or by default, has it before and after.
         where (concerns[d.n]).role is null
            or (concerns[d.n]).role is distinct from (
                   select coalesce(r.role, (select t.default_role from scim.tenant t where t.tenant = of_tenant))
                     from scim.resource r
                    where r.tenant = of_tenant and r.id = d.user_id)
         union all
        select s.n, s.user_id, s.will
          from (select h.n, h.user_id,
                       h.was is not null
                       and (not c.waits_was
                            or row_number() over (partition by h.n order by case when c.waits_was then h.was end,
                                                                           case when c.waits_was then h.user_id end) <= c.seats_was) as was,
                       h.will is not null
                       and (not c.waits_will
                            or row_number() over (partition by h.n order by case when c.waits_will then h.will end,
                                                                           case when c.waits_will then h.user_id end) <= c.seats_will) as will
                  from held h
                  join crowd c on c.n = h.n) s
         where s.was <> s.will)
    select side.granted,
           (select count(*) from differing d where d.granted = side.granted)
           + (select coalesce(sum(abs(p.was - p.will)), 0)::bigint from plain p where case when side.granted then p.will > p.was else p.will < p.was end),
           f.users, f.numbers
      from (values (true), (false)) side (granted)
     cross join lateral (
            select array_agg(x.user_id order by x.user_id, x.n) as users, array_agg(x.n order by x.user_id, x.n) as numbers
              from (select d.user_id, d.n
                      from (select d.user_id, d.n, d.granted from differing d union all select d.user_id, d.n, d.granted from differing_plain d) d
                     where d.granted = side.granted
                     order by d.user_id, d.n
                     limit most) x) f;
end
$$;
revoke execute on function scim.differing_access from public;
grant execute on function scim.differing_access to scim_manage;

-- What becoming `will` of what `was` grants and withdraws: how many, and the first of them.
create function scim.rules_change(of_tenant text, was scim.access_rules, will scim.access_rules, most int) returns jsonb
    language plpgsql stable
    set enable_hashjoin = on set work_mem = '64MB'
as $$
declare
    concerns scim.concern[];
    gives    scim.concerned[];
begin
    with given as (
        select coalesce(g.subscription_id::text, 'role:' || g.role) as key, g.subscription_id, g.role, g.via, not bool_and(g.later) as was, bool_or(g.later) as will,
               min(g.since) filter (where not g.later) as since_was, min(g.since) filter (where g.later) as since_will
          from (select b.*, false as later from unnest(was.given) b union all select a.*, true from unnest(will.given) a) g
         group by g.subscription_id, g.role, g.via),
    concern as materialized (
        select (row_number() over (order by x.subscription_id, x.role))::int as n, coalesce(x.subscription_id::text, 'role:' || x.role) as key, x.subscription_id, x.role,
               b.seats as seats_was, a.seats as seats_will
          from (select g.subscription_id, g.role
                  from given g
                 where g.was <> g.will or g.since_was is distinct from g.since_will
                 union
                select b.subscription_id, null
                  from unnest(was.seating) b
                  join unnest(will.seating) a on a.subscription_id = b.subscription_id
                 where a.seats is distinct from b.seats
                 union
                -- What was granted at the first login counts where the policy is `manual`.
                select b.subscription_id, null
                  from unnest(was.seating) b
                 where (was.sync_policy = 'manual') <> (will.sync_policy = 'manual')
                   and exists (select from scim.access_grant l
                                where l.tenant = of_tenant and l.subscription_id = b.subscription_id and l.source = 'login')) x
          left join unnest(was.seating) b on b.subscription_id = x.subscription_id
          left join unnest(will.seating) a on a.subscription_id = x.subscription_id)
    select (select array_agg((c.n, c.subscription_id, c.role, c.seats_was, c.seats_will)::scim.concern order by c.n) from concern c),
           (select array_agg((c.n, c.seats_was is not null or c.seats_will is not null, g.via, g.was, g.will, g.since_was, g.since_will)::scim.concerned)
              from concern c
              join given g on g.key = c.key)
      into concerns, gives;
    return (
        select jsonb_object_agg(case when d.granted then 'granted' else 'withdrawn' end, jsonb_build_object(
                   'count', d.total,
                   'items', coalesce((select jsonb_agg(jsonb_build_object(
                                                 'userId', f.user_id, 'userName', r.doc -> 'userName',
                                                 'subscription', (select s.name from scim.subscription s
                                                                   where s.tenant = of_tenant and s.id = (concerns[f.n]).subscription_id),
                                                 'role', (concerns[f.n]).role) order by f.ordinality)
                                        from unnest(d.users, d.numbers) with ordinality f (user_id, n, ordinality)
                                        join scim.resource r on r.tenant = of_tenant and r.id = f.user_id), '[]')))
          from scim.differing_access(of_tenant, concerns, gives, was.sync_policy, will.sync_policy, most) d);
end
$$;

-- The two sides of SUBSCRIPTION=SEATS; the last "=" divides.
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

-- Makes the change that a preview is about. Groups and roles are looked up by one statement: each that calls a function in SQL plans it anew.
create function scim.try_change(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
declare
    pair      text;
    argument  text := 'map'; -- which is being read
    sides     text[];
    g         scim.resource;
    s         scim.subscription;
    role_name text;
    named     record;
begin
    for named in
        select a.mapping, x.id as group_id, case when a.mapping ? 'role' then scim.find_role(of_tenant, a.mapping ->> 'role') end as role
          from jsonb_array_elements(args -> 'map') with ordinality a (mapping, n)
         -- By itself: the wall would not let it go down to an index.
         cross join lateral (select scim.find_group(of_tenant, a.mapping ->> 'group') as id offset 0) f
          left join scim.resource x on x.tenant = of_tenant and x.id = f.id and x.deleted_at is null
         order by a.n loop
        g.id := coalesce(named.group_id, (scim.the_named(of_tenant, 'Group', named.mapping ->> 'group', 'map')).id);
        s := null;
        role_name := null;
        if named.mapping ? 'role' then
            role_name := coalesce(named.role, (scim.the_role(of_tenant, named.mapping ->> 'role')).doc ->> 'value');
        else
            s := scim.the_subscription(of_tenant, named.mapping ->> 'subscription');
        end if;
        perform scim.map_group(of_tenant, g, s, role_name);
    end loop;
    argument := 'unmap';
    for pair in select jsonb_array_elements_text(args -> 'unmap') loop
        perform scim.the_mapping(of_tenant, pair);
        delete from scim.mapping p where p.tenant = of_tenant and p.id = scim.as_id(pair);
    end loop;
    argument := 'seats';
    for pair in select jsonb_array_elements_text(args -> 'seats') loop
        sides := scim.sides(pair, 'seats', 'SUBSCRIPTION=SEATS');
        s := scim.the_subscription(of_tenant, sides[1]);
        if sides[2] !~ '^([0-9]{1,9}|none)$' then
            perform scim.fail('SC400', 'seats', format('"%s" is no number of seats; write a whole number, or "none" for any number.', sides[2]));
        end if;
        update scim.subscription x set seats = nullif(sides[2], 'none')::int where x.tenant = of_tenant and x.id = s.id;
    end loop;
    argument := 'automatic';
    if args ? 'automatic' then
        update scim.subscription x
           set automatic_since = case when x.automatic then x.automatic_since else now() end,
               automatic = x.id in (select (scim.the_subscription(of_tenant, a.name)).id from jsonb_array_elements_text(args -> 'automatic') a (name))
         where x.tenant = of_tenant;
    end if;
    if args ? 'syncPolicy' then
        perform scim.choose_policy(of_tenant, args ->> 'syncPolicy');
    end if;
exception
    when sqlstate 'SC404' then
        perform scim.fail('SC404', argument, sqlerrm);
end
$$;

-- What a change would grant and withdraw: it is made, looked at, and taken back.
create function scim.admin_policy_preview(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    was  scim.access_rules := scim.access_rules_of(of_tenant);
    will scim.access_rules;
begin
    begin
        perform scim.try_change(of_tenant, args);
        will := scim.access_rules_of(of_tenant);
        raise exception using errcode = 'SC999';
    exception
        when sqlstate 'SC999' then
            null;
    end;
    return scim.rules_change(of_tenant, was, will, scim.most(args));
end
$$;
