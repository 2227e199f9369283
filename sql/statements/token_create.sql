-- Stores a token. No row where the tenant does not exist; a row without key id where the name is in use, or where there
-- is no such user (the last column tells).
-- $1 tenant text
-- $2 key id text
-- $3 digest bytea
-- $4 name text
-- $5 description text, may be null
-- $6 expires timestamptz
-- $7 created by text
-- $8 read only boolean
-- $9 addresses cidr[], null for everywhere
-- $10 requests a second int, null for no limit
-- $11 requests at once int, null with it
-- $12 the user's userName text, $13 its id uuid where that text is one; both null for no user
with wanted as (
    select (select r.id
              from scim.resource r
             where r.tenant = $1::text and r.type = 'User' and r.deleted_at is null
               and (r.id = $13::uuid or r.user_name_key = scim.fold($12::text))
             order by r.id = $13::uuid desc nulls last
             limit 1) as id
), made as (
    insert into scim.token (tenant, key_id, digest, name, description, created_by, expires, read_only, addresses, rate,
                            burst, user_id)
    select tenant, $2::text, $3::bytea, $4::text, $5::text, $7::text, $6::timestamptz, $8::boolean, $9::cidr[], $10::int,
           $11::int, w.id
    from scim.tenant, wanted w
    where tenant = $1::text and ($12::text is null or w.id is not null)
    on conflict do nothing
    returning *
)
select n.tenant, {{token_row}}, $12::text is null or w.id is not null
from scim.tenant n
cross join wanted w
left join made t on t.tenant = n.tenant
left join scim.resource u on u.tenant = t.tenant and u.id = t.user_id
where n.tenant = $1::text
