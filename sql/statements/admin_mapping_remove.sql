-- Takes away a mapping. $1 tenant, $2 arguments: mapping
select scim.admin_mapping_remove($1, $2::jsonb)
