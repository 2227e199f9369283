-- The accounts that may have a role in effect, if they are few: as their own, from a group that gives it, or because
-- they kept it when they became protected; and the groups that give it. For the tenant's default: the groups that give
-- any role, and whether one gives this.
-- $1 tenant, $2 arguments: role
with w as materialized (
    select x.role, x.role = t.default_role as standard, exists (select from scim.mapping p where p.tenant = $1 and p.role = x.role) as mapped
      from (select {{role_named}} as role) x
      join scim.tenant t on t.tenant = $1
), via as materialized (
    select d.via from w cross join lateral (select d.via from scim.reach_direct d where d.tenant = $1 and d.role is not null and (w.standard or d.role = w.role)) d
     union
    select d.via from w cross join lateral (select d.via from scim.reach_nested d where d.tenant = $1 and d.role is not null and (w.standard or d.role = w.role)) d
), found as materialized (
    select count(*) as n, coalesce(array_agg(distinct x.id), array[]::uuid[]) as ids
      from ((select r.id from scim.resource r where r.tenant = $1 and r.role = (select w.role from w where not w.standard))
             union all
            (select m.member_id
               from via
              cross join lateral (select m.member_id from scim.membership m where m.tenant = $1 and m.group_id = via.via limit {{user_few}} + 1) m
              where not (select w.standard from w))
             union all
            (select r.id from scim.resource r where r.tenant = $1 and r.protected is not null and r.role is null and not (select w.standard from w))
             limit {{user_few}} + 1) x
)
select f.n, case when f.n <= {{user_few}} and not w.standard then f.ids::text end as ids, w.role, w.standard, w.mapped, array(select v.via from via v)::text as groups
  from found f, w
