-- Stores a held request; a repetition of it is the same one.
-- $1 tenant, $2 method, $3 path, $4 the body's fingerprint, $5 how many people would lose access, $6 the number with
-- those of the last hour, $7 the number that the tenant allows, $8 the people (uuid[])
insert into scim.hold as h (tenant, token, token_name, method, path, fingerprint, request, weight, total, threshold, people)
select $1, $actor_key, $actor, $2, $3, $4, nullif($request, ''),
       $5::int, $6::int, $7::int, $8::uuid[]
    on conflict (tenant, token, method, path, fingerprint) where state = 'held'
    do update set attempts = h.attempts + 1, last_at = excluded.last_at, request = excluded.request, weight = excluded.weight,
                  total = excluded.total, threshold = excluded.threshold, people = excluded.people
