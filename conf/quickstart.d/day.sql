-- What the quickstart's identity provider would have asked since yesterday, every 40 minutes, so that the console has a day to
-- show: it looks for some people, more of them during working hours. :token is the token's key id.
insert into scim.activity (tenant, at, token, token_name, method, path, status, duration, address)
select 'demo', now() - n * interval '40 minutes' + k * interval '70 milliseconds', t.key_id, t.name, 'GET',
       '/Users?filter=userName+eq+%22' || replace(u.doc ->> 'userName', '@', '%40') || '%22', 200, 400 + 37 * k, '127.0.0.1'
  from scim.token t
 cross join generate_series(1, 35) n
 cross join lateral generate_series(1, 12 + (20 * (1 + cos((extract(hour from now() - n * interval '40 minutes') - 13) * pi() / 12)))::int) k
 cross join lateral (select r.doc from scim.resource r where r.tenant = 'demo' and r.type = 'User' and r.wire
                      order by r.id offset (n + k) % 10 limit 1) u
 where t.tenant = 'demo' and t.key_id = :'token';
