-- How many of the next accounts, in the order of their ids, a condition matches, and the last of them if there are more
-- accounts; it fills `filter`, and its values are elements of $1. $2 tenant, $3 arguments: after
with condition as (select $1::text[]), candidate as not materialized (
    select r.*
      from scim.resource r
     where r.tenant = $2 and r.type = 'User' and r.deleted_at is null
       and r.id > (select coalesce(($3::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000'))
     order by r.id
     limit {{depth=10000}}
), found as materialized (
    select x.*
      from (select r.id, row_number() over () as place, ({{filter=true}}) is true as fits from candidate r offset 0) x
     where x.fits or x.place = {{depth=10000}}
)
select jsonb_build_object('accounts', (select count(*) from found f where f.fits),
                          'next', (select f.id from found f where f.place = {{depth=10000}}))
