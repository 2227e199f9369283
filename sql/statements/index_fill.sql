-- Adds the rows of attributes for the next resources of a tenant, and returns the last of these; no row if there are
-- no more. The resources are locked meanwhile, so that no row is added for an old state of them.
-- $1 tenant, $2 ids of the attributes, $3 id of the last resource before, $4 how many
with batch as (
    select r.id, r.type, r.doc
      from scim.resource r
     where r.tenant = $1 and r.id > $3::uuid and r.deleted_at is null
     order by r.id
     limit $4::bigint
       for no key update
), made as (
    insert into scim.lookup (tenant, attribute, key, resource_id)
    select $1, k.attribute, k.key, b.id
      from batch b
     cross join lateral scim.lookup_keys(b.type, b.doc) k
     where k.attribute = any ($2::int[])
        on conflict do nothing
    returning 1
)
select b.id, (select count(*) from made)
  from batch b
 order by b.id desc
 limit 1
