-- Maps groups. $1 tenant, $2 mappings (a list of objects with id, groupId, subscriptionId, role), added and existing,
-- which are returned
with {{grounds_raised}}, made as (
    insert into scim.mapping (tenant, id, group_id, subscription_id, role, created_by)
    select $1, e.id, e."groupId", e."subscriptionId", e.role, $actor
      from jsonb_to_recordset($2::jsonb -> 'mappings') e (id uuid, "groupId" uuid, "subscriptionId" uuid, role text)
    returning 1
)
select jsonb_build_object('added', $2::jsonb -> 'added', 'existing', $2::jsonb -> 'existing')
