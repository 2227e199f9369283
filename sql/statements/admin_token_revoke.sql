-- Revokes a token, from the next request on. $1 tenant, $2 keyId, revokedBy
with k as (
update scim.token k
   set revoked = now(), revoked_by = $2::jsonb ->> 'revokedBy'
 where k.tenant = $1 and k.key_id = $2::jsonb ->> 'keyId'
returning k.*
)
select x.shown, {{token_version}} from (select {{token_shown}} as shown from k) x
