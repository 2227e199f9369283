-- Changes settings of a tenant; no row where there is no such tenant. Null leaves a setting as it is.
-- $1 tenant text
-- $2 restore text: externalId, userName, never
-- $3 profile text: lenient, rfc, interop
update scim.tenant
set restore = coalesce($2::text, restore), profile = coalesce($3::text, profile)
where tenant = $1::text
returning tenant, display_name, enabled, restore, created, profile
