-- One tenant; no row where there is none.
-- $1 tenant text
select tenant, display_name, enabled, restore, created, profile
from scim.tenant
where tenant = $1::text
