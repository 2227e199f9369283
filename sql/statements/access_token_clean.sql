-- Deletes a token's expired access tokens, and all but the newest. $1 tenant, $2 key id, $3 how many stay
delete from scim.access_token a
 where a.tenant = $1 and a.key_id = $2::text
   and (a.expires <= now() or a.digest in (
           select b.digest from scim.access_token b
            where b.tenant = $1 and b.key_id = $2::text
            order by b.created desc, b.digest
           offset $3::int))
