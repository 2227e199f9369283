-- Maps a group to a subscription or a role. $1 tenant, $2 arguments: group, subscription, role
select scim.admin_mapping_add($1, $2::jsonb)
