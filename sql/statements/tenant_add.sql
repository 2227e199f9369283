-- Adds a tenant; no row where the key is taken.
-- $1 tenant text
-- $2 display name text, may be null
insert into scim.tenant (tenant, display_name)
values ($1::text, $2::text)
on conflict (tenant) do nothing
returning tenant, display_name, enabled, restore, created, profile
