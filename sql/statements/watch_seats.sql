-- How many have a subscription, or wait for a seat of it. $1 tenant, $2 its id
select count(distinct g.user_id) from scim.ground g where g.tenant = $1 and g.subscription_id = $2::uuid
