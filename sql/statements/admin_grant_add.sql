-- Grants a subscription to a user. $1 tenant, $2 id, userId, subscriptionId, source
insert into scim.access_grant as a (tenant, id, user_id, subscription_id, source)
values ($1, ($2::jsonb ->> 'id')::uuid, ($2::jsonb ->> 'userId')::uuid, ($2::jsonb ->> 'subscriptionId')::uuid, $2::jsonb ->> 'source')
returning {{grant_shown}}
