-- The tokens of a tenant, newest first. No row where the tenant does not exist; one without key id where it has none.
-- $1 tenant text
select n.tenant, {{token_row}}
from scim.tenant n
left join scim.token t on t.tenant = n.tenant
left join scim.resource u on u.tenant = t.tenant and u.id = t.user_id
where n.tenant = $1::text
order by t.created desc, t.key_id
