-- The subscriptions of a tenant: all if they are few, otherwise those next to a name in alphabetical order. $1 tenant,
-- $2 a name
(select s.name from scim.subscription s where s.tenant = $1 and s.name_key >= scim.fold($2::text) order by s.name_key limit 11)
 union all
(select s.name from scim.subscription s where s.tenant = $1 and s.name_key < scim.fold($2::text) order by s.name_key desc limit 10)
