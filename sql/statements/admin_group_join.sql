-- Adds users and groups to a locked group, which gets a new version. $1 tenant, $2 id, joins and joinsGroups (lists of
-- ids)
with touched as (
    update scim.resource g
       set version = g.version + 1, last_modified = now(), modified_hour = scim.hour(now())
     where g.tenant = $1 and g.id = ($2::jsonb ->> 'id')::uuid
), counted as (
    insert into scim.tally (tenant, type, n) values ($1, 'Group', 0)
)
insert into scim.membership (tenant, group_id, member_id, member_type)
select $1, ($2::jsonb ->> 'id')::uuid, j.value::uuid, case when $2::jsonb -> 'joinsGroups' ? j.value then 'Group' else 'User' end
  from jsonb_array_elements_text($2::jsonb -> 'joins') j
returning 1
