-- What arguments name, as it is stored; null: nothing is called so. $1 tenant, $2 arguments: group, role, flag, subscription, after
select {{group_named}}::text as group, {{role_named}} as role, {{subscription_named}}::text as subscription,
       (select f.name from scim.flag f where f.tenant = $1 and f.name_key = scim.fold($2::jsonb ->> 'flag')) as flag
