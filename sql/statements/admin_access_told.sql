-- The access of an account, with times and sources. $1 tenant, $2 userId
with u as materialized (
    select x.* from scim.resource x where x.tenant = $1 and x.id = ($2::jsonb ->> 'userId')::uuid
)
select {{access_told}} from u, scim.tenant t where t.tenant = $1
