-- Makes a flag. $1 tenant, $2 arguments: flag, description
select scim.admin_flag_add($1, $2::jsonb)
