-- The service account of a client that httpd has authenticated; one row with nulls if there is none. $1 tenant, $2 the
-- client's name in httpd
select k.key_id, k.digest
  from (select) s
  left join lateral (
       select t.key_id, t.digest from scim.token t where t.tenant = $1 and t.external = $2::text and t.revoked is null offset 0) k on true
