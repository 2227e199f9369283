-- Locks a batch that is going to be undone. $1 tenant, $2 arguments: batch
select {{batch_shown}} from scim.batch b where b.tenant = $1 and b.id = scim.as_id($2::jsonb ->> 'batch') for update
