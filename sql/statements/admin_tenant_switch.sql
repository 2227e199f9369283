-- Switches provisioning on or off. $1 tenant, $2 enabled
update scim.tenant t set enabled = ($2::jsonb ->> 'enabled')::boolean where t.tenant = $1
