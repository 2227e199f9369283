-- Changes a subscription. $1 tenant, $2 id, name, description, seats, automatic
with {{grounds_raised}}, s as (
update scim.subscription s
   set name = $2::jsonb ->> 'name', description = $2::jsonb ->> 'description', seats = ($2::jsonb ->> 'seats')::int,
       automatic_since = case when s.automatic then s.automatic_since else n.at end, automatic = ($2::jsonb ->> 'automatic')::boolean
  from (select now() as at offset 0) n
 where s.tenant = $1 and s.id = ($2::jsonb ->> 'id')::uuid
returning s.*
)
select {{subscription_shown}} from s
