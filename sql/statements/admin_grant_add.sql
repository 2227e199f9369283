-- Grants a subscription to a user. $1 tenant, $2 id, userId, subscriptionId, source
with a as (
insert into scim.access_grant (tenant, id, user_id, subscription_id, source, granted_by)
values ($1, ($2::jsonb ->> 'id')::uuid, ($2::jsonb ->> 'userId')::uuid, ($2::jsonb ->> 'subscriptionId')::uuid, $2::jsonb ->> 'source', $actor)
returning *
)
select {{grant_shown}} from a
