-- Locks the import that a piece goes on with. $1 tenant, $2 import
select b.undone is not null as undone
  from scim.batch b
 where b.tenant = $1 and b.id = ($2::jsonb ->> 'import')::uuid and b.kind = 'import'
   for update
