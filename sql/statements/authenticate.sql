-- Checks the token and sets the tenant for row-level security, for this transaction alone.
-- $1 tenant, $2 key id, $3 sha256(digest || blind), $4 blind (random bytes, so that the time of the comparison tells
-- nothing), $5 statement timeout in milliseconds: what the client has given up waiting for must not be done later
-- The lateral subqueries with offset 0 make sure that the tables are read after the tenant was set.
select k.name,
       case
           when k.key_id is null or sha256(k.digest || $4::bytea) <> $3::bytea
               then scim.refuse('SC401', 'no such token')
           when k.revoked is not null
               then scim.refuse('SC401', format('token "%s" was revoked', k.name))
           when k.expires <= now()
               then scim.refuse('SC401', format('token "%s" has expired', k.name))
           when not n.enabled
               then scim.refuse('SC403', 'Provisioning is switched off for this tenant. An administrator can switch it on again.')
       end
  from (select set_config('scim.tenant', $1::text, true) as tenant,
               set_config('statement_timeout', $5::text, true)) s
  left join lateral (select t.key_id, t.digest, t.name, t.revoked, t.expires
                       from scim.token t where t.tenant = s.tenant and t.key_id = $2 offset 0) k on true
  left join lateral (select t.enabled
                       from scim.tenant t where t.tenant = s.tenant offset 0) n on true
