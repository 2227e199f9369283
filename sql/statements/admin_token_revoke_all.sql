-- Revokes all tokens of a tenant, if a new one replaces them. $1 tenant, $2 keyId of that (null: none), acting
update scim.token k
   set revoked = now(), revoked_by = $2::jsonb ->> 'acting'
 where k.tenant = $1 and k.revoked is null and $2::jsonb ->> 'keyId' is not null
