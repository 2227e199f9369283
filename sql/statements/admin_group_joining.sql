-- The users and groups of a list, locked so that they stay, and which of them are not yet members of a locked group.
-- $1 tenant, $2 arguments: group, members
with n as materialized (
    select n.name as named, n.place, x.id, x.type
      from jsonb_array_elements_text($2::jsonb -> 'members') with ordinality n (name, place)
     cross join lateral (select {{member_found}} as id offset 0) f
      join scim.resource x on x.tenant = $1 and x.id = f.id and x.deleted_at is null and x.type in ('User', 'Group')
     order by n.place
       for key share of x
), fresh as materialized (
    select distinct n.id, n.type
      from n
     where not exists (select from scim.membership m where m.tenant = $1 and m.group_id = {{group_named}} and m.member_id = n.id)
)
select (select jsonb_agg(jsonb_build_object('named', n.named, 'id', n.id) order by n.place) from n) as found,
       (select jsonb_agg(f.id order by f.id) from fresh f) as joins,
       (select jsonb_agg(f.id order by f.id) from fresh f where f.type = 'Group') as "joinsGroups"
