-- The same, with the tenant's subscriptions and some of the groups that are mapped to each, the account's groups
-- first.
-- $1 tenant, $2 arguments: user
with u as materialized (
    select x.* from scim.resource x where x.tenant = $1 and x.id = {{user_named}} and x.type = 'User'
), mine as materialized (
    -- The account's groups, and those that contain them.
    select m.group_id from scim.membership m where m.tenant = $1 and m.member_id = (select u.id from u)
     union
    select n.group_id
      from scim.tenant t, scim.membership m
     cross join lateral scim.groups_above($1, m.group_id) n
     where t.tenant = $1 and t.nests and m.tenant = $1 and m.member_id = (select u.id from u)
), sub as materialized (
    select s.* from scim.subscription s where s.tenant = $1 order by s.name_key limit 500
), mapped as materialized (
    select s.id, jsonb_agg(jsonb_build_object('name', g.name, 'archived', g.archived, 'mine', g.mine) order by g.name) as groups
      from sub s
     cross join lateral (
            select r.doc ->> 'displayName' as name, r.deleted_at is not null as archived, p.group_id in (select m.group_id from mine m) as mine
              from (select p.group_id
                      from scim.mapping p
                     where p.tenant = $1 and p.subscription_id = s.id
                     order by p.group_id in (select m.group_id from mine m) desc, p.id
                     limit 5) p
              join scim.resource r on r.tenant = $1 and r.id = p.group_id) g
     group by s.id
)
select {{access_told}} || jsonb_build_object(
           'subscriptions', (select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'seats', s.seats, 'automatic', s.automatic,
                                                                 'mapped', m.groups) order by s.name_key)
                               from sub s
                               left join mapped m on m.id = s.id))
  from u, scim.tenant t
 where t.tenant = $1
