-- Brings an archived group back. $1 tenant, $2 arguments: group
select scim.admin_group_restore($1, $2::jsonb)
