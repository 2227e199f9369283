-- Switches provisioning for a tenant on or off; no row where there is no such tenant.
-- $1 tenant text
-- $2 enabled boolean
update scim.tenant
set enabled = $2::boolean
where tenant = $1::text
returning tenant, display_name, enabled, restore, created, profile
