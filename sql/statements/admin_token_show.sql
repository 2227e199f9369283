-- A token, by its key id or name. $1 tenant, $2 arguments: token
select scim.token_json(t::scim.token), scim.etag(scim.token_version(scim.token_json(t::scim.token)))
  from (select * from scim.token t where t.tenant = $1) t
 where t.key_id = {{token_named}}
