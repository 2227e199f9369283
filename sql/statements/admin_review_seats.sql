-- The holder of the last seat of each subscription for which somebody waits now: by the subscription's id since,
-- joined (microseconds since 1970) and id. $1 tenant, $2 no arguments
select coalesce(jsonb_object_agg(s.id, jsonb_build_object('since', (extract(epoch from (l.place).since) * 1000000)::bigint,
                                                          'joined', (extract(epoch from (l.place).joined) * 1000000)::bigint, 'id', (l.place).user_id))
                filter (where (l.place).user_id is not null), '{}')
  from scim.subscription s
 cross join lateral (select scim.last_seat($1, s.id, s.seats) as place offset 0) l
 where s.tenant = $1 and s.seats is not null
