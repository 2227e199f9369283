-- Changes what a token may do. $1 tenant, $2 arguments: token, description and the terms
select x, scim.etag(scim.token_version(x))
  from scim.admin_token_set($1, $2::jsonb) x
