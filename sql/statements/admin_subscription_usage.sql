-- How many have a subscription, and how many wait for a seat. $1 tenant, $2 arguments: subscription
select jsonb_build_object('id', s.id, 'name', s.name, 'seats', s.seats, 'entitled', c.n, 'seated', least(c.n, s.seats),
                          'waiting', c.n - least(c.n, s.seats))
  from scim.subscription s
 cross join lateral (select count(distinct g.user_id) as n from scim.ground g where g.tenant = $1 and g.subscription_id = s.id offset 0) c
 where s.tenant = $1 and s.id = {{subscription_named}}
