-- Notes a request that is held; one that is tried again is the same.
-- $1 tenant, $2 method, $3 path, $4 what the guard said (JSON), $5 the body's fingerprint
insert into scim.hold as h (tenant, token, token_name, method, path, fingerprint, request, weight, total, threshold, people)
select $1, current_setting('scim.actor_key'), current_setting('scim.actor'), $2, $3, $5, nullif(current_setting('scim.request'), ''),
       ($4::jsonb ->> 'weight')::int, ($4::jsonb ->> 'total')::int, ($4::jsonb ->> 'threshold')::int,
       array(select p.value::uuid from jsonb_array_elements_text($4::jsonb -> 'people') p)
    on conflict (tenant, token, method, path, fingerprint) where state = 'held'
    do update set attempts = h.attempts + 1, last_at = excluded.last_at, request = excluded.request, weight = excluded.weight,
                  total = excluded.total, threshold = excluded.threshold, people = excluded.people
