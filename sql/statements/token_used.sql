-- Stores the last use of a token, to a minute or so.
-- $1 tenant, $2 key id, $3 when, in microseconds since 1970, $4 the client's address
update scim.token k
   set last_used = u.at, last_address = $4
  from (select timestamptz 'epoch' + $3::bigint * interval '1 microsecond' as at,
               timestamptz 'epoch' + $3::bigint * interval '1 microsecond' - interval '1 minute' as before) u
 where k.tenant = $1 and k.key_id = $2 and (k.last_used is null or k.last_used <= u.before)
