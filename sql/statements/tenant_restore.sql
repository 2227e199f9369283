-- Sets what a POST may bring back from the deleted users of a tenant; no row where there is no such tenant.
-- $1 tenant text
-- $2 restore text: externalId, userName, never
update scim.tenant
set restore = $2::text
where tenant = $1::text
returning tenant, display_name, enabled, restore, created
