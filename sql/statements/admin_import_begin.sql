-- Begins an import. $1 tenant, $2 import, name, actor
insert into scim.batch (tenant, id, kind, name, actor)
values ($1, ($2::jsonb ->> 'import')::uuid, 'import', $2::jsonb ->> 'name', $2::jsonb ->> 'actor')
