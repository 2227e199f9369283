-- Makes a group of the identity provider local. $1 tenant, $2 arguments: group
select scim.admin_group_unlink($1, $2::jsonb)
