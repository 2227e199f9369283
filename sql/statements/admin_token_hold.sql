-- Locks a token. $1 tenant, $2 arguments: token
select scim.token_json(t::scim.token) as "is", scim.etag(scim.token_version(scim.token_json(t::scim.token))) as version, scim.time_text(now()) as now, scim.acting() as acting
  from (select * from scim.token t where t.tenant = $1) t
 where t.key_id = {{token_named}}
   for update
