-- The objects that arguments name, as they are stored: ids, the value of a role, the name of a flag; null: no such
-- object.
-- $1 tenant, $2 arguments: user, group, role, flag, subscription
select {{user_named}}::text as "user", {{group_named}}::text as "group", {{role_named}} as role, {{subscription_named}}::text as subscription,
       (select f.name from scim.flag f where f.tenant = $1 and f.name_key = scim.fold($2::jsonb ->> 'flag')) as flag
