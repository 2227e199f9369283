-- Refuses a token from the next request on. $1 tenant, $2 arguments: token
select x, scim.etag(scim.token_version(x))
  from scim.admin_token_revoke($1, $2::jsonb) x
