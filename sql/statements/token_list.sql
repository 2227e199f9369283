-- The tokens of a tenant, newest first. No row where the tenant does not exist; one without key id where it has none.
-- $1 tenant text
select n.tenant, t.key_id, t.name, t.description, t.created, t.created_by, t.expires, t.revoked, t.revoked_by, now()
from scim.tenant n
left join scim.token t on t.tenant = n.tenant
where n.tenant = $1::text
order by t.created desc, t.key_id
