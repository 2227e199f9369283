-- Stores a token. No row where the tenant does not exist; a row without key id where the name is in use.
-- $1 tenant text
-- $2 key id text
-- $3 digest bytea
-- $4 name text
-- $5 description text, may be null
-- $6 expires timestamptz
-- $7 created by text
with made as (
    insert into scim.token (tenant, key_id, digest, name, description, created_by, expires)
    select tenant, $2::text, $3::bytea, $4::text, $5::text, $7::text, $6::timestamptz
    from scim.tenant
    where tenant = $1::text
    on conflict do nothing
    returning tenant, key_id, name, description, created, created_by, expires, revoked, revoked_by
)
select n.tenant, t.key_id, t.name, t.description, t.created, t.created_by, t.expires, t.revoked, t.revoked_by, now()
from scim.tenant n
left join made t on t.tenant = n.tenant
where n.tenant = $1::text
