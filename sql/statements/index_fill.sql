-- Makes the rows of attributes for the next resources, and names the last of these; no row where there are no more. They
-- are locked meanwhile, so that none of them gets a row of what it was before.
-- $1 ids of the attributes, $2 tenant and $3 id of the last resource before, $4 how many
with batch as (
    select r.tenant, r.id, r.type, r.doc
      from scim.resource r
     where (r.tenant, r.id) > ($2, $3::uuid) and r.deleted_at is null
     order by r.tenant, r.id
     limit $4::bigint
       for no key update
), made as (
    insert into scim.lookup (tenant, attribute, key, resource_id)
    select b.tenant, k.attribute, k.key, b.id
      from batch b
     cross join lateral scim.lookup_keys(b.type, b.doc) k
     where k.attribute = any ($1::int[])
        on conflict do nothing
    returning 1
)
select b.tenant, b.id, (select count(*) from made)
  from batch b
 order by b.tenant desc, b.id desc
 limit 1
