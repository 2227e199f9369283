-- Tokens that end soon. $1 how soon, in seconds
select tenant, name, key_id, expires from scim.warn_tokens($1::bigint * interval '1 second')
