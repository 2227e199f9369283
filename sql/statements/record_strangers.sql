-- Requests without a token of the tenant: each token and address once a minute, at most a hundred an hour, and only the
-- path. `z` is the reason if the token belongs to another tenant.
-- $1 tenant, $2 entries, $3 key ids of tokens that are another tenant's
insert into scim.activity (tenant, at, id, token, method, path, status, reason, duration, request, address)
select $1, x.came, x.i, x.k, x.m, regexp_replace(x.p, '[?].*', '?***'), x.s,
       case when x.z is not null and x.k = any ($3::text[]) then x.z else x.r end, x.d, x.q, x.a
  from (select e.*, c.came, row_number() over (order by e.at) as place,
               row_number() over (partition by e.k, e.a order by e.at) as nth
          from jsonb_to_recordset($2::jsonb) e (i bigint, at bigint, k text, m text, p text, s int, r text, z text, d bigint, q text, a text)
         cross join lateral (select timestamptz 'epoch' + e.at * interval '1 microsecond' as came) c
         where e.s = 401 and exists (select from scim.tenant n where n.tenant = $1)
           and (select true from scim.token k where k.tenant = $1 and k.key_id = e.k limit 1) is null) x
 cross join lateral (
        select count(*) as n, bool_or(a.at > x.came - interval '1 minute' and a.token = x.k and a.address is not distinct from x.a) as again
          from (select a.*
                  from scim.activity a
                 where a.tenant = $1 and a.token_name is null and a.at > x.came - interval '1 hour'
                 order by a.at desc
                 limit 100) a) seen
 where x.nth = 1 and seen.n + x.place <= 100 and seen.again is not true
    on conflict do nothing
