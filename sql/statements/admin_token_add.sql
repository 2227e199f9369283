-- Makes a token. The store puts it in the place of the null that stands for it.
-- $1 tenant, $2 arguments: name, description, expires and the terms; keyId, digest
select x || '{"token": null}', scim.etag(scim.token_version(x))
  from scim.admin_token_add($1, $2::jsonb) x
