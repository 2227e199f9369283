-- Makes a subscription. $1 tenant, $2 id, name, description, seats, automatic
with {{grounds_raised}}
insert into scim.subscription as s (tenant, id, name, description, seats, automatic)
values ($1, ($2::jsonb ->> 'id')::uuid, $2::jsonb ->> 'name', $2::jsonb ->> 'description', ($2::jsonb ->> 'seats')::int,
        ($2::jsonb ->> 'automatic')::boolean)
returning {{subscription_shown}}
