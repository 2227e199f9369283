-- Adds a subscription. $1 tenant, $2 id, name, description, seats, automatic
with {{grounds_raised}}, s as (
insert into scim.subscription (tenant, id, name, description, seats, automatic)
values ($1, ($2::jsonb ->> 'id')::uuid, $2::jsonb ->> 'name', $2::jsonb ->> 'description', ($2::jsonb ->> 'seats')::int,
        ($2::jsonb ->> 'automatic')::boolean)
returning *
)
select {{subscription_shown}} from s
