-- Makes a tenant, with the settings that the table has for all; no row where there is one. $1 tenant
with t as (
    insert into scim.tenant (tenant) values ($1) on conflict do nothing returning *
)
select scim.tenant_json(t::scim.tenant) as "is" from t
