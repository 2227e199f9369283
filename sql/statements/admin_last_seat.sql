-- The place of the last seat of a subscription; null where seats are left. $1 tenant, $2 subscription
select (l.place).since, (l.place).joined, (l.place).user_id
  from scim.subscription s
 cross join lateral (select scim.last_seat($1, s.id, s.seats) as place offset 0) l
 where s.tenant = $1 and s.id = $2::uuid
