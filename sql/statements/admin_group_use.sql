-- The use of a locked group: the groups that contain it, which are locked, its mappings and templates, and how many
-- people are in it. $1 tenant, $2 arguments: group
with g as materialized (
    select {{group_named}} as id
), m as materialized (
    select p.id, p.doc ->> 'displayName' as name
      from g
      join scim.membership m on m.tenant = $1 and m.member_id = g.id
      join scim.resource p on p.tenant = $1 and p.id = m.group_id
     order by p.id
       for no key update of p
), mapped as materialized (
    select s.name, p.role
      from scim.mapping p
      left join scim.subscription s on s.tenant = $1 and s.id = p.subscription_id
     where p.tenant = $1 and p.group_id = (select g.id from g)
     order by p.id
     limit 1
)
select (select t.name from scim.template t where t.tenant = $1 and g.id = any (t.groups) order by t.priority, t.id limit 1) as template,
       (select x.name from mapped x) as "mappedSubscription", (select x.role from mapped x) as "mappedRole",
       (select jsonb_agg(jsonb_build_object('id', m.id, 'name', m.name) order by m.id) from m) as parents,
       (select jsonb_agg(m.id order by m.id) from m) as touched, to_jsonb((select {{people_in}} from (select array [g.id] as groups offset 0) n)) as people
  from g
