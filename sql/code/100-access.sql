-- Access: subscriptions and roles, their sources, and the view scim.access, from which all access is read.
--
-- Access is derived, never stored. Five things give it, and each is a branch of a view below:
--
--   policy      sync_policy `all`: each synchronised account has the subscriptions that are automatic
--   group       sync_policy `groups`: members of a group have what the group is mapped to
--   grants      what was given to one account: by an administrator (manual), by a template, at the first login, by the identity
--               provider (entitlements that it sends), or kept when the account became protected
--   account     its own role
--   default     the tenant's default role
--
-- Only existing, active accounts have access. A protected account keeps its grants, independent of policy and groups. The seats of a
-- subscription belong to the accounts that have had it longest; the others wait. `since` is the time of the grant, of joining the group, or
-- (policy) of the account's creation. It is never earlier than the source itself: the mapping, the policy, making the subscription automatic,
-- or the group's membership in a mapped group. So a new source takes no seat from anybody. Accounts with the same `since` are ordered by
-- `joined`, the time of joining or creation, and then by id.

-- --- sources of access -----------------------------------------------------------------------------------------------

-- The views have their owner's rights, without row-level security; so each begins with the tenant and compares it with the setting.

-- The accounts to which policy and groups apply.
create view scim.steered as
select r.tenant, r.id, r.source, r.wire, r.type
  from scim.resource r
 where r.type = 'User' and r.active and r.protected is null;

-- Members of groups to which they do not apply, and groups that are members: few rows, which are subtracted when many members are counted.
create view scim.unsteered as
select r.tenant, r.id
  from scim.resource r
 where r.type = 'User' and r.deleted_at is null and (not r.active or r.protected is not null)
 union all
select m.tenant, m.member_id
  from scim.membership m
 where m.member_type = 'Group';

-- Subscriptions that the policy `all` gives.
create view scim.reach_all as
select t.tenant, s.id as subscription_id, s.automatic_since as since
  from scim.tenant t
  join scim.subscription s on s.tenant = t.tenant and s.automatic
 where t.sync_policy = 'all' and coalesce(current_setting('scim.tenant', true) in (t.tenant, '*'), false);

-- Subscriptions and roles that mappings give to the members of the group `via`.
create view scim.reach_direct as
select t.tenant, p.subscription_id, p.role, p.group_id, g.name as group_name, p.group_id as via, p.since
  from scim.tenant t
  join scim.mapping p on p.tenant = t.tenant
 -- One look-up by the primary key for each mapping. "is true" prevents the use of other indexes, which seem as small in the statistics of a new tenant.
 cross join lateral (
        select g.doc ->> 'displayName' as name
          from scim.resource g
         where g.tenant = t.tenant and g.id = p.group_id and (g.type = 'Group' and g.deleted_at is null) is true
        offset 0) g
 where t.sync_policy = 'groups' and coalesce(current_setting('scim.tenant', true) in (t.tenant, '*'), false);

-- The same for groups that are nested in mapped groups: `via` is one of them.
create view scim.reach_nested as
select t.tenant, p.subscription_id, p.role, p.group_id, g.name as group_name, n.via, greatest(p.since, n.since) as since
  from scim.tenant t
 cross join lateral (
        with recursive down (group_id, via, since) as (
            select e.group_id, e.member_id, e.added
              from scim.membership e
             where e.tenant = t.tenant and e.member_type = 'Group'
               and exists (select from scim.mapping p where p.tenant = t.tenant and p.group_id = e.group_id)
             union
            select d.group_id, e.member_id, greatest(d.since, e.added)
              from down d
              join scim.resource v on v.tenant = t.tenant and v.id = d.via and v.deleted_at is null
              join scim.membership e on e.tenant = t.tenant and e.group_id = d.via and e.member_type = 'Group')
        select d.group_id, d.via, min(d.since) as since
          from down d
          join scim.resource v on v.tenant = t.tenant and v.id = d.via and v.deleted_at is null
         group by d.group_id, d.via) n
 -- The nested groups are found first, and then the mappings of each mapped group.
 cross join lateral (
        select p.subscription_id, p.role, p.group_id, p.since from scim.mapping p where p.tenant = t.tenant and p.group_id = n.group_id offset 0) p
 cross join lateral (
        select g.doc ->> 'displayName' as name
          from scim.resource g
         where g.tenant = t.tenant and g.id = n.group_id and (g.type = 'Group' and g.deleted_at is null) is true
        offset 0) g
 where t.nests and t.sync_policy = 'groups' and coalesce(current_setting('scim.tenant', true) in (t.tenant, '*'), false);

-- The groups of the same tenant that contain a group, directly or indirectly, each with the time since which it does. In plpgsql, so that it has
-- one generic plan for each connection, which uses indexes: it is called for the few groups of one account.
create function scim.groups_above(of_tenant text, of_group uuid) returns table (group_id uuid, since timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off rows 10 cost 1000
as $$
begin
    return query
    with recursive up (id, since) as (
            select e.group_id, e.added
              from scim.membership e
             where e.tenant = of_tenant and e.member_id = of_group and coalesce(current_setting('scim.tenant', true) in (of_tenant, '*'), false)
               and (select v.deleted_at is null from scim.resource v where v.tenant = of_tenant and v.id = of_group)
             union
            select e.group_id, greatest(up.since, e.added)
              from up
             cross join lateral (
                    select e.group_id, e.added
                      from scim.membership e
                     where e.tenant = of_tenant and e.member_id = up.id
                       and (select u.deleted_at is null from scim.resource u where u.tenant = of_tenant and u.id = up.id)
                    offset 0) e)
    select up.id, min(up.since)
      from up
     where (select g.deleted_at is null from scim.resource g where g.tenant = of_tenant and g.id = up.id)
     group by up.id;
end
$$;
revoke execute on function scim.groups_above from public;
grant execute on function scim.groups_above to scim_app, scim_web, scim_manage;

-- What an account has by mappings of groups that contain its groups. It goes upwards from the account, independent of other groups. Lateral joins
-- fix the order of the steps, independent of the statistics.
create view scim.reach_up as
select t.tenant, m.member_id, m.added, greatest(m.added, n.since, p.since) as since, p.subscription_id, p.role, n.group_id,
       (select g.doc ->> 'displayName' from scim.resource g where g.tenant = m.tenant and g.id = n.group_id) as group_name, m.group_id as via
  from scim.tenant t
  join scim.membership m on m.tenant = t.tenant and m.member_type = 'User'
 cross join lateral scim.groups_above(m.tenant, m.group_id) n
 cross join lateral (
        select p.subscription_id, p.role, p.since from scim.mapping p where p.tenant = m.tenant and p.group_id = n.group_id offset 0) p
 where t.nests and t.sync_policy = 'groups' and coalesce(current_setting('scim.tenant', true) in (t.tenant, '*'), false);

-- Effective grants. A grant of the first login has no effect if the policy for synchronised accounts applies, or the account is protected.
create view scim.reach_grant as
select t.tenant, a.user_id, a.subscription_id, a.role, a.id, a.source, a.granted_by, a.granted, a.joined
  from scim.tenant t
  join scim.access_grant a on a.tenant = t.tenant
  join scim.resource r on r.tenant = t.tenant and r.id = a.user_id and r.type = 'User' and r.active
 where coalesce(current_setting('scim.tenant', true) in (t.tenant, '*'), false)
   and (a.source <> 'login' or r.protected is null and (t.sync_policy = 'manual' or r.source <> 'scim'));

-- Each source from which an account has a subscription.
create view scim.ground as
select a.tenant, r.id as user_id, a.subscription_id, 'policy' as source, null::uuid as source_id, 'all' as name, null::text as through,
       greatest(scim.id_time(r.id), a.since) as since, scim.id_time(r.id) as joined
  from scim.reach_all a
  join scim.steered r on r.tenant = a.tenant and r.source = 'scim' and r.wire
 union all
select d.tenant, m.member_id, d.subscription_id, 'group', d.group_id, d.group_name, null, greatest(m.added, d.since), m.added
  from scim.reach_direct d
  join scim.membership m on m.tenant = d.tenant and m.group_id = d.via
  join scim.steered r on r.tenant = d.tenant and r.id = m.member_id
 where d.subscription_id is not null
 union all
select d.tenant, d.member_id, d.subscription_id, 'group', d.group_id, d.group_name,
       (select v.doc ->> 'displayName' from scim.resource v where v.tenant = d.tenant and v.id = d.via), d.since, d.added
  from scim.reach_up d
  join scim.steered r on r.tenant = d.tenant and r.id = d.member_id
 where d.subscription_id is not null
 union all
select g.tenant, g.user_id, g.subscription_id, g.source, g.id, g.granted_by, null, g.granted, g.joined
  from scim.reach_grant g
 where g.subscription_id is not null;

-- Each source from which an account has a role. It is read for one account, so it goes from the account's groups to their mappings.
create view scim.ground_role as
select t.tenant, r.id as user_id, coalesce(r.role, t.default_role) as role, case when r.role is null then 'default' else 'account' end as source,
       null::uuid as source_id, null::text as name, null::text as through, r.created as since, r.created as joined
  from scim.tenant t
  join scim.resource r on r.tenant = t.tenant and r.type = 'User' and r.active
 where coalesce(current_setting('scim.tenant', true) in (t.tenant, '*'), false)
 union all
select t.tenant, m.member_id, p.role, 'group', m.group_id, g.name, null, greatest(m.added, p.since), m.added
  from scim.tenant t
  join scim.membership m on m.tenant = t.tenant and m.member_type = 'User'
  join scim.steered r on r.tenant = m.tenant and r.id = m.member_id
 cross join lateral (
        select p.role, p.since from scim.mapping p where p.tenant = m.tenant and p.group_id = m.group_id and p.role is not null offset 0) p
 cross join lateral (
        select g.doc ->> 'displayName' as name
          from scim.resource g
         where g.tenant = m.tenant and g.id = m.group_id and (g.type = 'Group' and g.deleted_at is null) is true
        offset 0) g
 where t.sync_policy = 'groups' and coalesce(current_setting('scim.tenant', true) in (t.tenant, '*'), false)
 union all
select d.tenant, d.member_id, d.role, 'group', d.group_id, d.group_name,
       (select v.doc ->> 'displayName' from scim.resource v where v.tenant = d.tenant and v.id = d.via), d.since, d.added
  from scim.reach_up d
  join scim.steered r on r.tenant = d.tenant and r.id = d.member_id
 where d.role is not null
 union all
select g.tenant, g.user_id, g.role, g.source, g.id, g.granted_by, null, g.granted, g.joined
  from scim.reach_grant g
 where g.role is not null;

-- --- seats -----------------------------------------------------------------------------------------------------------

-- A place in the order of seats.
create type scim.place as (since timestamptz, joined timestamptz, user_id uuid);

-- The first sources of a subscription after a place in the order of seats: at least the first `most`, and others beyond them. An account is
-- returned once for each source. Each kind of source is read in the order of an index, up to `most`. An account that joined before the mapping was
-- made has the mapping's time, so joining gives the order of seats. `after` is converted to a position in that order.
create function scim.first_grounds(of_tenant text, of_subscription uuid, after scim.place, most int)
    returns table (since timestamptz, joined timestamptz, user_id uuid)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp rows 100
as $$
declare
    nobody constant uuid := '00000000-0000-0000-0000-000000000000';
    -- The first id for accounts that joined at the place's own time: any id if the account of the place had joined before.
    at_place constant uuid := case when (after).joined < (after).since then nobody else (after).user_id end;
begin
    return query
    select greatest(scim.id_time(f.id), a.since), scim.id_time(f.id), f.id
      from (select a.since, case when a.since > (after).since then timestamptz 'epoch' when a.since = (after).since then (after).joined else (after).since end as at,
                   case when a.since > (after).since then nobody when a.since = (after).since then (after).user_id else at_place end as id
              from scim.reach_all a where a.tenant = of_tenant and a.subscription_id = of_subscription) a
     cross join lateral (
            select r.id
              from scim.steered r
             where r.tenant = of_tenant and r.source = 'scim' and r.wire and r.id >= scim.first_id(a.at) and (scim.id_time(r.id), r.id) > (a.at, a.id)
             order by r.id
             limit most) f
     union all
    select greatest(f.added, d.since), f.added, f.member_id
      from (select x.via, x.since, case when x.since > (after).since then timestamptz 'epoch' when x.since = (after).since then (after).joined else (after).since end as at,
                   case when x.since > (after).since then nobody when x.since = (after).since then (after).user_id else at_place end as id
              from (select d.via, min(d.since) as since
                      from (select d.via, d.since from scim.reach_direct d where d.tenant = of_tenant and d.subscription_id = of_subscription
                             union all
                            select d.via, d.since from scim.reach_nested d where d.tenant = of_tenant and d.subscription_id = of_subscription) d
                     group by d.via) x) d
     cross join lateral (
            select m.added, m.member_id
              from scim.membership m
              join scim.steered r on r.tenant = of_tenant and r.id = m.member_id
             where m.tenant = of_tenant and m.group_id = d.via and (m.added, m.member_id) > (d.at, d.id)
             order by m.added, m.member_id
             limit most) f
     union all
    (select g.granted, g.joined, g.user_id
       from scim.reach_grant g
      where g.tenant = of_tenant and g.subscription_id = of_subscription
        and (g.granted, g.joined, g.user_id) > ((after).since, (after).joined, (after).user_id)
      order by g.granted, g.joined, g.user_id
      limit most);
end
$$;
revoke execute on function scim.first_grounds from public;
grant execute on function scim.first_grounds to scim_web, scim_manage;

-- Whether a subscription has more sources than seats, without looking at the accounts. If not, nobody waits.
create function scim.exceeds(of_tenant text, of_subscription uuid, seats int) returns boolean
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return coalesce(current_setting('scim.tenant', true) in (of_tenant, '*'), false) and seats < (
        select count(*)
          from (select from (select from scim.reach_all a where a.tenant = of_tenant and a.subscription_id = of_subscription) a
                 cross join lateral (
                        select from scim.resource r where r.tenant = of_tenant and r.type = 'User' and r.wire limit seats + 1) r
                 union all
                select from (select d.via from scim.reach_direct d where d.tenant = of_tenant and d.subscription_id = of_subscription
                              union all
                             select d.via from scim.reach_nested d where d.tenant = of_tenant and d.subscription_id = of_subscription) d
                 cross join lateral (
                        select from scim.membership m where m.tenant = of_tenant and m.group_id = d.via limit seats + 1) m
                 union all
                select from scim.access_grant g where g.tenant = of_tenant and g.subscription_id = of_subscription
                 limit seats + 1) x);
end
$$;
revoke execute on function scim.exceeds from public;
grant execute on function scim.exceeds to scim_web, scim_manage;

-- To how many members of a group policy and groups apply; null: the group's size is not cached. The members to which they do not apply are looked
-- up one by one, unless the result is certainly at most `few` or at least `many`: then another such number is returned.
create function scim.steered_members(of_tenant text, of_group uuid, few bigint default 0, many bigint default null) returns bigint
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
    return (
        select case when z.n <= few then z.n
                    when z.n - (select count(*) from scim.unsteered u where u.tenant = of_tenant) >= many then many
                    else z.n - (select count(*)
                                  from (select distinct u.id from scim.unsteered u where u.tenant = of_tenant) u
                                 cross join lateral (select from scim.membership m
                                                      where m.tenant = of_tenant and m.group_id = of_group and m.member_id = u.id offset 0) m) end
          from scim.group_size z
          join scim.resource g on g.tenant = of_tenant and g.id = of_group and g.version = z.version
         where z.tenant = of_tenant and z.group_id = of_group and coalesce(current_setting('scim.tenant', true) in (of_tenant, '*'), false));
end
$$;
revoke execute on function scim.steered_members from public;
grant execute on function scim.steered_members to scim_manage;

-- Counts the members of the given groups without a cached size, and caches the sizes of large ones. Only one transaction of a tenant does this at
-- a time; others do not wait, but skip it.
create function scim.remember_sizes(of_tenant text, groups uuid[]) returns void
    language plpgsql
as $$
begin
    insert into scim.group_size as z (tenant, group_id, version, n)
    select of_tenant, g.id, g.version, c.n
      from unnest(groups) w (id)
     cross join lateral (
            select r.id, r.version from scim.resource r where r.tenant = of_tenant and r.id = w.id and r.deleted_at is null offset 0) g
     cross join lateral (
            select count(*) as n
              from scim.membership m
             where m.tenant = of_tenant and m.group_id = g.id
               and (select x.version from scim.group_size x where x.tenant = of_tenant and x.group_id = g.id) is distinct from g.version
            offset 0) c
     where c.n >= 100 and pg_try_advisory_xact_lock(hashtextextended('scim.sizes ' || of_tenant, 0))
        on conflict (tenant, group_id) do update set version = excluded.version, n = excluded.n where z.version < excluded.version;
end
$$;

-- The place of the last seat; null: there are free seats. Its declared cost is high, so that plans call it once for each subscription and not for
-- each account.
--
-- Most subscriptions with many seats are given by a single mapped group. Its members are read in the order of an index, without the few to which
-- groups do not apply, and from the nearer end if its size is cached. Otherwise the first sources of all kinds are sorted.
create function scim.last_seat(of_tenant text, of_subscription uuid, seats int) returns scim.place
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp cost 1000000
    set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
    place scim.place;
    sole  uuid;        -- the only group that gives it; null: there are other sources
    given timestamptz; -- since when
    most  bigint;
begin
    if seats is null then
        return null;
    elsif seats = 0 then
        return (timestamptz 'epoch', timestamptz 'epoch', uuid '00000000-0000-0000-0000-000000000000');
    end if;
    select case when count(*) = 1 then (array_agg(x.via)) [1] end, min(x.since)
      into sole, given
      from (select d.via, d.since from scim.reach_direct d where d.tenant = of_tenant and d.subscription_id = of_subscription
             union all
            select d.via, d.since from scim.reach_nested d where d.tenant = of_tenant and d.subscription_id = of_subscription
             union all
            select null, a.since from scim.reach_all a where a.tenant = of_tenant and a.subscription_id = of_subscription
             union all
            (select null, null from scim.access_grant a where a.tenant = of_tenant and a.subscription_id = of_subscription limit 1)) x;
    if sole is not null then
        most := scim.steered_members(of_tenant, sole, seats, 2 * seats::bigint);
        if most <= seats then
            return null;
        elsif most < 2 * seats::bigint then
            select greatest(m.added, given), m.added, m.member_id
              into place
              from scim.membership m
             where m.tenant = of_tenant and m.group_id = sole
               and m.member_id not in (select u.id from scim.unsteered u where u.tenant = of_tenant)
             order by m.added desc, m.member_id desc
            offset most - seats
             limit 1;
            return place;
        end if;
        select greatest(m.added, given), m.added, m.member_id
          into place
          from scim.membership m
         where m.tenant = of_tenant and m.group_id = sole
           and m.member_id not in (select u.id from scim.unsteered u where u.tenant = of_tenant)
         order by m.added, m.member_id
        offset seats - 1
         limit 1;
        return place;
    elsif scim.exceeds(of_tenant, of_subscription, seats) then
        -- An account may have up to five grants of it, so the first sources may be those of fewer accounts.
        foreach most in array array [seats, 5 * seats::bigint] loop
            select x.ground [1], x.ground [2], x.user_id
              into place
              from (select f.user_id, min(array [f.since, f.joined]) as ground
                      from scim.first_grounds(of_tenant, of_subscription, ('epoch', 'epoch', '00000000-0000-0000-0000-000000000000'), most::int) f
                     group by f.user_id) x
             order by x.ground, x.user_id
            offset seats - 1
             limit 1;
            if found then
                return place;
            end if;
        end loop;
    end if;
    return null;
end
$$;
revoke execute on function scim.last_seat from public;
grant execute on function scim.last_seat to scim_app, scim_web, scim_manage;

-- --- effective access ------------------------------------------------------------------------------------------------

create function scim.source_text(source text, name text, through text, since timestamptz) returns text
    language sql stable parallel safe
    return case source
               when 'policy' then 'policy ' || name
               when 'group' then 'group ' || name || coalesce(' through ' || through, '')
               when 'manual' then 'granted by ' || name || ' on ' || to_char(since at time zone 'UTC', 'YYYY-MM-DD')
               when 'provider' then 'entitlement sent by ' || name || ' on ' || to_char(since at time zone 'UTC', 'YYYY-MM-DD')
               when 'template' then 'template ' || name
               when 'login' then 'first login'
               when 'protected' then 'kept when the account was protected'
               when 'account' then 'the account''s own'
               else 'the tenant''s default'
           end;

create function scim.source_json(source text, source_id uuid, name text, through text, since timestamptz) returns jsonb
    language sql stable parallel safe
    return jsonb_build_object('source', source, 'id', source_id, 'name', name, 'since', scim.time_text(since),
                              'text', scim.source_text(source, name, through, since));

-- What each account has, and why. A condition on tenant and user_id, or on tenant and id, reaches the indexes of each branch.
create view scim.access as
select a.tenant, a.user_id, 'subscription' as kind, a.subscription_id as id, s.name, a.since, s.seats,
       (l.place is null or (a.since, a.joined, a.user_id)::scim.place <= l.place) as seated, a.sources
  from (select g.tenant, g.user_id, g.subscription_id, min(g.since) as since, (min(array [g.since, g.joined])) [2] as joined,
               jsonb_agg(scim.source_json(g.source, g.source_id, g.name, g.through, g.since) order by g.since, g.source, g.name) as sources
          from scim.ground g
         group by g.tenant, g.user_id, g.subscription_id) a
  join scim.subscription s on s.tenant = a.tenant and s.id = a.subscription_id
  -- In a lateral join, so that the planner counts the function's cost.
 cross join lateral (select case when s.seats is not null then scim.last_seat(s.tenant, s.id, s.seats) end as place offset 0) l
 union all
select g.tenant, g.user_id, 'role', null, g.role, min(g.since), null, true,
       jsonb_agg(scim.source_json(g.source, g.source_id, g.name, g.through, g.since) order by g.since, g.source, g.name)
  from scim.ground_role g
 group by g.tenant, g.user_id, g.role;

-- The effective role of an account, for applications that use only one, and its source (account, group with its name, protected, default): its
-- own role, else the one that its groups have given it for longest, else the tenant's default.
create function scim.role_in_effect(of_tenant text, of_user uuid, own text, out role text, out source text, out name text)
    language plpgsql stable
as $$
begin
    role := own;
    source := 'account';
    if own is not null then
        return;
    end if;
    -- Few tenants map roles or protect accounts; for the others the view need not be read.
    if exists (select from scim.mapping p where p.tenant = of_tenant and p.role is not null)
        or exists (select from scim.access_grant a where a.tenant = of_tenant and a.user_id = of_user and a.role is not null) then
        select g.role, g.source, g.name into role, source, name
          from scim.ground_role g
         where g.tenant = of_tenant and g.user_id = of_user
         order by g.source = 'default', g.since, g.joined, g.role
         limit 1;
    end if;
    if role is null then
        source := 'default';
        select t.default_role into role
          from scim.tenant t
         where t.tenant = of_tenant and coalesce(current_setting('scim.tenant', true) in (t.tenant, '*'), false);
    end if;
end
$$;

create function scim.effective_role(of_tenant text, of_user uuid, own text) returns text
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return (select e.role from scim.role_in_effect(of_tenant, of_user, own) e);
end
$$;
revoke execute on function scim.effective_role from public;
grant execute on function scim.effective_role to scim_app, scim_web, scim_manage;

-- Not scim.steered and scim.unsteered: the other views read them with their owner's rights, and they do not restrict the tenant.
grant select on scim.access, scim.ground, scim.ground_role, scim.reach_all, scim.reach_direct, scim.reach_nested, scim.reach_up,
    scim.reach_grant to scim_web, scim_manage;
