-- A tenant that was switched on, with the token that was made. The store puts its text in the place of the null that stands for it.
-- $1 tenant, $2 keyId (null: none)
select scim.tenant_counted(x) || jsonb_build_object(
           'token', null, 'issued', (select scim.token_json(k) from scim.token k where k.tenant = $1 and k.key_id = $2::jsonb ->> 'keyId')) || {{based}},
       scim.etag(x)
  from scim.tenant t
 cross join lateral scim.tenant_json(t) x
 where t.tenant = $1
