-- The access that only one of two sets of rules gives: how many people, and the first of them in the order of their
-- ids. It reads indexes, and the columns of few rows. $1 tenant; of each concern (a subscription or a role) $2
-- subscription, $3 role, $4 and $5 its seats before and after; of each gift (a source) $6 the concern's number, $7 the
-- group whose members have it, or null for all synchronised accounts, $8 and $9 whether it exists before and after,
-- $10 and $11 since when; $12 and $13 the policy before and after, $14 how many to show. Roles are compared for 5,000
-- members at a time, in the order of their ids, because each member's own role is read: $15 is null, or the last member
-- of the part before. The first part has all subscriptions.
with concern as materialized (
    select c.n::int as n, c.subscription_id, c.role, c.seats_was, c.seats_will, c.seats_was is not null or c.seats_will is not null as counted
      from unnest($2::uuid[], $3::text[], $4::int[], $5::int[]) with ordinality c (subscription_id, role, seats_was, seats_will, n)
     where $15::uuid is null or c.role is not null
), gift as materialized (
    select g.n, g.via, g.was, g.will, g.since_was, g.since_will
      from unnest($6::int[], $7::uuid[], $8::boolean[], $9::boolean[], $10::timestamptz[], $11::timestamptz[]) g (n, via, was, will, since_was, since_will)
), role_gift as materialized (
    select g.via from concern c join gift g on g.n = c.n where c.role is not null
), part as materialized (
    -- The last member of this part, if more follow. The groups share the 5,000 equally.
    select l.member_id as last
      from role_gift g
     cross join lateral (
            select m.member_id
              from scim.membership m
             where m.tenant = $1 and m.group_id = g.via and m.member_id > coalesce($15::uuid, '00000000-0000-0000-0000-000000000000')
             order by m.member_id
            offset greatest({{depth=5000}} / (select count(*) from role_gift), 100) - 1
             limit 1) l
     order by l.member_id
     limit 1
), bounds as materialized (
    -- The members of this part: their ids are greater than `behind`, and at most `last`.
    select coalesce($15::uuid, '00000000-0000-0000-0000-000000000000') as behind,
           coalesce((select p.last from part p), 'ffffffff-ffff-ffff-ffff-ffffffffffff') as last
), unsteered as not materialized (
    -- Members of groups to which policy and groups do not apply, which are few: inactive and protected accounts, and
    -- groups.
    select r.id from scim.resource r
     where r.tenant = $1 and r.type = 'User' and r.deleted_at is null and (not r.active or r.protected is not null)
     union all
    select m.member_id from scim.membership m where m.tenant = $1 and m.member_type = 'Group'
), plain as materialized (
    -- Subscriptions of which one group is the only source: the number of its members, and the seats that they take
    -- before and after.
    select p.n, p.via, p.members, case when p.was then least(p.members, p.seats_was) else 0 end as was,
           case when p.will then least(p.members, p.seats_will) else 0 end as will
      from (select c.n, c.seats_was, c.seats_will, g.via, g.was, g.will,
                   coalesce(scim.steered_members($1, g.via),
                            (select count(*)
                               from scim.membership m
                              where m.tenant = $1 and m.group_id = g.via and m.member_id not in (select u.id from unsteered u))) as members
              from concern c
              join gift g on g.n = c.n
             where c.role is null and g.via is not null and (select count(*) from gift o where o.n = c.n) = 1
               and not exists (select from scim.access_grant a where a.tenant = $1 and a.subscription_id = c.subscription_id)
            offset 0) p
), differing_plain as materialized (
    -- The people between the two numbers of seats, in the order of joining. If that is all members, or those before a
    -- last seat in the second half, they are found in the order of their ids.
    select p.n, x.member_id as user_id, p.will > p.was as granted
      from plain p
     cross join lateral (
            (select m.member_id
               from scim.membership m
              where p.was <> p.will and least(p.was, p.will) = 0 and greatest(p.was, p.will) = p.members
                and m.tenant = $1 and m.group_id = p.via and m.member_id not in (select u.id from unsteered u)
              order by m.member_id
              limit $14::int)
             union all
            (select m.member_id
               from (select b.added, b.member_id
                       from scim.membership b
                      where p.was <> p.will and least(p.was, p.will) = 0 and greatest(p.was, p.will) < p.members
                        and 2 * greatest(p.was, p.will) >= p.members
                        and b.tenant = $1 and b.group_id = p.via and b.member_id not in (select u.id from unsteered u)
                      order by b.added desc, b.member_id desc
                     offset p.members - greatest(p.was, p.will)
                      limit 1) b
              cross join lateral (
                    select m.member_id
                      from scim.membership m
                     where m.tenant = $1 and m.group_id = p.via
                       -- Not a comparison of rows, for which PostgreSQL would read all of them in the order of
                       -- joining.
                       and (m.added < b.added or m.added = b.added and m.member_id <= b.member_id)
                       and m.member_id not in (select u.id from unsteered u)
                     order by m.member_id
                     limit $14::int) m)
             union all
            (select y.member_id
               from (select m.member_id
                       from scim.membership m
                      where p.was <> p.will and not (least(p.was, p.will) = 0 and 2 * greatest(p.was, p.will) >= p.members)
                        and m.tenant = $1 and m.group_id = p.via and m.member_id not in (select u.id from unsteered u)
                      order by m.added, m.member_id
                     offset least(p.was, p.will)
                      limit abs(p.was - p.will)) y
              order by y.member_id
              limit $14::int)) x
), crowdless as materialized (
    -- Subscriptions without a number of seats and with several sources.
    select c.n, c.subscription_id from concern c where c.role is null and not c.counted and c.n not in (select p.n from plain p)
), bulk as materialized (
    -- The largest source of each: all synchronised accounts, or the largest group. Its people are counted and not
    -- read.
    select distinct on (g.n) g.n, g.via, g.was, g.will
      from crowdless c
      join gift g on g.n = c.n
     cross join lateral (
            select case when g.via is not null
                        then coalesce((select z.n from scim.group_size z where z.tenant = $1 and z.group_id = g.via),
                                      (select count(*) from (select from scim.membership m where m.tenant = $1 and m.group_id = g.via limit 1001) m)) end as most
            offset 0) z
     order by g.n, z.most desc nulls first, g.via
), single as materialized (
    -- People who have one of these from another source, one by one, and whether the largest source gives it to them,
    -- too.
    select x.n, x.user_id, bool_or(x.was) as was, bool_or(x.will) as will,
           case when b.via is null
                then exists (select from scim.resource r
                              where r.tenant = $1 and r.id = x.user_id and r.type = 'User' and r.active and r.protected is null and r.wire and r.source = 'scim')
                else x.user_id not in (select u.id from unsteered u)
                     and exists (select from scim.membership m where m.tenant = $1 and m.group_id = b.via and m.member_id = x.user_id) end
           and b.n is not null as in_bulk
      from (select g.n, m.member_id as user_id, g.was, g.will
              from bulk b
              join gift g on g.n = b.n and g.via <> coalesce(b.via, '00000000-0000-0000-0000-000000000000')
             cross join lateral (select m.member_id from scim.membership m where m.tenant = $1 and m.group_id = g.via offset 0) m
             where m.member_id not in (select u.id from unsteered u)
             union all
            select c.n, a.user_id, a.source <> 'login' or r.protected is null and ($12 = 'manual' or r.source <> 'scim'),
                   a.source <> 'login' or r.protected is null and ($13 = 'manual' or r.source <> 'scim')
              from crowdless c
              join scim.access_grant a on a.tenant = $1 and a.subscription_id = c.subscription_id
              join scim.resource r on r.tenant = $1 and r.id = a.user_id and r.type = 'User' and r.active) x
      left join bulk b on b.n = x.n
     group by x.n, x.user_id, b.n, b.via
), differing_single as materialized (
    select s.n, s.user_id, s.will or s.in_bulk and b.will is true as granted
      from single s
      left join bulk b on b.n = s.n
     where (s.was or s.in_bulk and b.was is true) <> (s.will or s.in_bulk and b.will is true)
), differing_bulk as materialized (
    -- The others, who have it only from the largest source: how many, and the first of them. All synchronised accounts
    -- are those that clients see, without those to which policy and groups do not apply.
    select b.n, b.will as granted, x.ids,
           case when b.via is not null
                then coalesce(scim.steered_members($1, b.via),
                              (select count(*)
                                 from scim.membership m
                                where m.tenant = $1 and m.group_id = b.via and m.member_id not in (select u.id from unsteered u)))
                else (select coalesce(sum(t.n), 0)::bigint from scim.tally t where t.tenant = $1 and t.type = 'User')
                     - (select count(*) from scim.resource r
                         where r.tenant = $1 and r.type = 'User' and r.deleted_at is null and (not r.active or r.protected is not null) and r.wire)
                     - (select count(*) from scim.resource r
                         where r.tenant = $1 and r.type = 'User' and r.source <> 'scim' and r.deleted_at is null and r.wire and r.active
                           and r.protected is null) end
           - (select count(*) from single s where s.n = b.n and s.in_bulk) as people
      from bulk b
     cross join lateral (
            select array((select m.member_id
                            from scim.membership m
                           where b.via is not null and m.tenant = $1 and m.group_id = b.via and m.member_id not in (select u.id from unsteered u)
                             and (b.n, m.member_id) not in (select s.n, s.user_id from single s)
                           order by m.member_id
                           limit $14::int)
                          union all
                         (select r.id
                            from scim.resource r
                           where b.via is null and r.tenant = $1 and r.type = 'User' and r.active and r.protected is null and r.wire and r.source = 'scim'
                             and (b.n, r.id) not in (select s.n, s.user_id from single s)
                           order by r.id
                           limit $14::int)) as ids
            offset 0) x
     where b.was <> b.will
), other as materialized (
    select c.* from concern c where c.n not in (select p.n from plain p union all select s.n from crowdless s)
), own_role as materialized (
    -- Roles that accounts have themselves, in this part.
    select r.id, r.role
      from scim.resource r
     where r.tenant = $1 and r.role is not null and exists (select from role_gift)
       and r.id > (select p.behind from bounds p) and r.id <= (select p.last from bounds p)
), ground as not materialized (
    -- The sources of all other concerns, as in the view scim.ground, with the rules under which each counts.
    select c.n, c.counted, r.id as user_id, case when c.counted then scim.id_time(r.id) end as joined, g.was, g.will, g.since_was, g.since_will
      from other c
      join gift g on g.n = c.n
     cross join (
            select s.id
              from scim.resource s
              join scim.resource w on w.tenant = $1 and w.id = s.id and w.type = 'User' and w.wire
             where s.tenant = $1 and s.type = 'User' and s.active and s.protected is null
               -- Active accounts are not deleted.
               and not exists (select from scim.resource l
                                where l.tenant = $1 and l.id = s.id and l.type = 'User' and l.source <> 'scim' and l.deleted_at is null)) r
     where g.via is null
     union all
    select c.n, c.counted, m.member_id, m.added, g.was, g.will, g.since_was, g.since_will
      from other c
      join gift g on g.n = c.n
     cross join lateral (
            select m.member_id, m.added from scim.membership m where m.tenant = $1 and m.group_id = g.via offset 0) m
     where c.role is null and m.member_id not in (select u.id from unsteered u)
     union all
    select c.n, c.counted, m.member_id, null, g.was, g.will, null, null
      from other c
      join gift g on g.n = c.n
     cross join (select p.behind, p.last from bounds p offset 0) p
     cross join lateral (
            select m.member_id
              from scim.membership m
             where m.tenant = $1 and m.group_id = g.via and m.member_id > p.behind and m.member_id <= p.last
            offset 0) m
     where c.role is not null and m.member_id not in (select u.id from unsteered u)
     union all
    select c.n, c.counted, a.user_id, a.joined,
           a.source <> 'login' or r.protected is null and ($12 = 'manual' or r.source <> 'scim'),
           a.source <> 'login' or r.protected is null and ($13 = 'manual' or r.source <> 'scim'), a.granted, a.granted
      from other c
      join scim.access_grant a on a.tenant = $1 and a.subscription_id = c.subscription_id
      join scim.resource r on r.tenant = $1 and r.id = a.user_id and r.type = 'User' and r.active
), held as materialized (
    select g.n, g.user_id, min(array [greatest(g.joined, g.since_was), g.joined]) filter (where g.was) as was,
           min(array [greatest(g.joined, g.since_will), g.joined]) filter (where g.will) as will
      from ground g
     where g.counted
     group by g.n, g.user_id
), crowd as materialized (
    -- Whether somebody waits for a seat before and after: only then people are sorted.
    select c.n, c.seats_was, c.seats_will, coalesce(count(h.was) > c.seats_was, false) as waits_was,
           coalesce(count(h.will) > c.seats_will, false) as waits_will
      from other c
      join held h on h.n = c.n
     group by c.n, c.seats_was, c.seats_will
), differing as materialized (
    select d.n, d.user_id, d.granted
      from (select g.n, g.user_id, bool_or(g.will) as granted
              from ground g
             where not g.counted
             group by g.n, g.user_id
            having bool_or(g.was) <> bool_or(g.will)) d
      join concern c on c.n = d.n
     -- An account that has the role itself or by default has it before and after.
     where c.role is null
        or (c.role, d.user_id) not in (select o.role, o.id from own_role o)
       and (c.role is distinct from (select t.default_role from scim.tenant t where t.tenant = $1) or d.user_id in (select o.id from own_role o))
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
     where s.was <> s.will
)
select jsonb_object_agg(case when side.granted then 'granted' else 'withdrawn' end, jsonb_build_object(
           'count', (select count(*) from (select d.granted from differing d union all select d.granted from differing_single d) d
                      where d.granted = side.granted)
                    + (select coalesce(sum(d.people), 0)::bigint from differing_bulk d where d.granted = side.granted)
                    + (select coalesce(sum(abs(p.was - p.will)), 0)::bigint
                         from plain p
                        where case when side.granted then p.will > p.was else p.will < p.was end),
           'items', coalesce((select jsonb_agg(jsonb_build_object(
                                         'userId', f.user_id, 'userName', r.doc -> 'userName', 'displayName', r.doc -> 'displayName',
                                         'subscription', (select s.name from scim.subscription s where s.tenant = $1 and s.id = c.subscription_id),
                                         'role', c.role) order by f.user_id, f.n)
                                from (select d.user_id, d.n
                                        from (select d.user_id, d.n, d.granted from differing d
                                               union all
                                              select d.user_id, d.n, d.granted from differing_plain d
                                               union all
                                              select d.user_id, d.n, d.granted from differing_single d
                                               union all
                                              select i.id, d.n, d.granted from differing_bulk d cross join unnest(d.ids) i (id)) d
                                       where d.granted = side.granted
                                       order by d.user_id, d.n
                                       limit $14::int) f
                                join concern c on c.n = f.n
                               cross join lateral (
                                      select r.doc from scim.resource r where r.tenant = $1 and r.id = f.user_id offset 0) r), '[]')))
       || jsonb_build_object('next', (select p.last from part p))
  from (values (true), (false)) side (granted)
