-- Begins an import, or another kind of batch. $1 tenant, $2 import, kind (default: import), name, actor
insert into scim.batch (tenant, id, kind, name, actor)
values ($1, ($2::jsonb ->> 'import')::uuid, coalesce($2::jsonb ->> 'kind', 'import'), $2::jsonb ->> 'name', $2::jsonb ->> 'actor')
