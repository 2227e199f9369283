-- Changes what an unrevoked token may do. No row where the tenant does not exist; a row without key id where it has no
-- such token, or where there is no such user (the last column tells).
-- $1 tenant text
-- $2 key id or name text
-- $3 read only boolean, null to leave it
-- $4 whether the addresses change boolean, $5 addresses cidr[], null for everywhere
-- $6 whether the limit changes boolean, $7 requests a second int, null for no limit, $8 requests at once int
-- $9 whether the user changes boolean, $10 its userName text, $11 its id uuid where that text is one; null for no user
with wanted as (
    select (select r.id
              from scim.resource r
             where r.tenant = $1::text and r.type = 'User' and r.deleted_at is null
               and (r.id = $11::uuid or r.user_name_key = scim.fold($10::text))
             order by r.id = $11::uuid desc nulls last
             limit 1) as id
), found as (
    select tenant, key_id
    from scim.token
    where tenant = $1::text and (key_id = $2::text or name = $2::text) and revoked is null
    order by key_id = $2::text desc
    limit 1
), done as (
    update scim.token t
    set read_only = coalesce($3::boolean, t.read_only),
        addresses = case when $4::boolean then $5::cidr[] else t.addresses end,
        rate = case when $6::boolean then $7::int else t.rate end,
        burst = case when $6::boolean then $8::int else t.burst end,
        user_id = case when $9::boolean then w.id else t.user_id end
    from found, wanted w
    where t.tenant = $1::text and t.key_id = found.key_id and ($10::text is null or w.id is not null)
    returning t.*
)
select n.tenant, {{token_row}}, $10::text is null or w.id is not null
from scim.tenant n
cross join wanted w
left join done t on t.tenant = n.tenant
left join scim.resource u on u.tenant = t.tenant and u.id = t.user_id
where n.tenant = $1::text
