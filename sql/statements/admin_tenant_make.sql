-- Makes a tenant, with the settings that the table has for all; no row where there is one. $1 tenant
insert into scim.tenant as t (tenant) values ($1) on conflict do nothing returning scim.tenant_json(t) as "is"
