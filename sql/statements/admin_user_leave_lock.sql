-- Locks the groups of a user, before the user itself is locked. $1 tenant, $2 arguments: user
select l.held
  from (select r.id
          from (select {{user_named}} as id) u
         cross join lateral (select m.group_id from scim.membership m where m.tenant = $1 and m.member_id = u.id offset 0) m
         cross join lateral (select x.id from scim.resource x where x.tenant = $1 and x.id = m.group_id offset 0) r
         order by r.id) o
 cross join lateral (select null::text as held from scim.resource x where x.tenant = $1 and x.id = o.id offset 0 for no key update) l
