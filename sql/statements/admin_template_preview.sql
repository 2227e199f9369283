-- The accounts that a condition matches; it fills `filter`, and its values are elements of $1. Accounts are read in
-- the order of their ids.
-- $1 its values, $2 how many, $3 tenant, $4 arguments: q, after
with condition as (select $1::text[]), candidate as not materialized (
    select r.*
      from scim.resource r
     where r.tenant = $3 and r.type = 'User' and r.deleted_at is null
       and r.id > (select coalesce(($4::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000'))
     order by r.id
     limit {{depth=10000}}
), page as materialized (
{{list_page}}
)
select jsonb_build_object(
    'items', coalesce((select jsonb_agg(jsonb_build_object(
                                  'id', r.id, 'userName', r.doc ->> 'userName', 'displayName', r.doc ->> 'displayName', 'source', r.source,
                                  'active', r.doc -> 'active' is distinct from 'false') order by r.n)
                         from page r
                        where r.fits and r.n <= $2::int), '[]'),
    'next', {{list_next}})
