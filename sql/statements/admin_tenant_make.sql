-- Adds a tenant, with the defaults of the table; no row if it exists. $1 tenant
with t as (
    insert into scim.tenant (tenant) values ($1) on conflict do nothing returning *
)
select scim.tenant_json(t::scim.tenant) as "is" from t
