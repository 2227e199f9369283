-- Locks the import, or the batch of another kind, that a piece continues. $1 tenant, $2 import, kind (default: import)
select b.undone is not null as undone, b.name
  from scim.batch b
 where b.tenant = $1 and b.id = ($2::jsonb ->> 'import')::uuid and b.kind = coalesce($2::jsonb ->> 'kind', 'import')
   for update
