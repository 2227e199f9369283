-- Adds an access token to the token that has authenticated the batch. Only the token's own text is accepted, so an
-- access token cannot create others.
-- $1 tenant, $2 key id, $3 sha256(digest || blind), $4 blind, $5 digest of the access token, $6 its lifetime in
-- seconds
with a as (
    insert into scim.access_token (tenant, key_id, digest, expires)
    select $1, t.key_id, $5::bytea, now() + $6::int * interval '1 second'
      from scim.token t
     where t.tenant = $1 and t.key_id = $2::text and t.external is null and sha256(t.digest || $4::bytea) = $3::bytea
    returning expires
)
select extract(epoch from a.expires - now())::int from a
