-- Deletes a subscription. $1 tenant, $2 id
with {{grounds_raised}}
delete from scim.subscription s where s.tenant = $1 and s.id = ($2::jsonb ->> 'id')::uuid
