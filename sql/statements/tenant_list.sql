-- All tenants: the one statement that is not about a single one.
select tenant, display_name, enabled, restore, created, profile
from scim.tenant
order by tenant
