-- A token, by its key id or name. $1 tenant, $2 arguments: token
select x, scim.etag(scim.token_version(x))
  from scim.token_json(scim.the_token($1, $2::jsonb ->> 'token')) x
