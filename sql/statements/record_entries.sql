-- Writes the entries that httpd has collected for one tenant: a list of objects. One with `m` is a request without a
-- row; `i` is the row's id. If the result of a COMMIT was unknown, the request's own or that of these entries, the row
-- may exist already: it is kept, and gets the body; but the outcome of an unfinished Bulk request (a status of 500 or
-- more) is replaced. An entry with `u` true is a use of the token. If the tenant masks resources' names (trait `n`),
-- the name is masked here, and so is the query of a request whose token was refused, because httpd does not know the
-- mask then.
-- $1 tenant, $2 entries
with entry as materialized (
    select timestamptz 'epoch' + e.at * interval '1 microsecond' as came, coalesce(e.i, nextval('scim.activity_id')) as id, e.*
      from jsonb_to_recordset($2::jsonb) e (i bigint, at bigint, k text, m text, p text, s int, y text, r text, d bigint, q text,
                                          a text, o text, e uuid, v text, w text, n text, c jsonb, l bigint, b jsonb, u boolean, h boolean)
), token as materialized (
    -- They are few: each is looked up once.
    select x.k, x.used, x.used - interval '1 minute' as before, x.addresses[cardinality(x.addresses)] as address, k.name, k.traits, n.activity_mask
      from (select e.k, max(e.came) filter (where e.u) as used, array_agg(e.a order by e.came) filter (where e.u) as addresses
              from entry e
             group by e.k) x
     cross join lateral (select t.name, t.traits from scim.token t where t.tenant = $1 and t.key_id = x.k offset 0) k
      join scim.tenant n on n.tenant = $1
), used as (
    update scim.token k
       set last_used = x.used, last_address = x.address
      from token x
     where k.tenant = $1 and k.key_id = any (array(select y.k from token y where y.used is not null)) and k.key_id = x.k and x.used is not null
       and (k.last_used is null or k.last_used <= x.before)
)
insert into scim.activity as a (tenant, at, id, token, token_name, method, path, status, type, reason, duration, request, address,
                                object, resource_id, resource_type, leniencies, dry, held, body_length, body, changes)
select $1, e.came, e.id, e.k, k.name, e.m,
       case when e.u is null and k.activity_mask <> '{}' then regexp_replace(e.p, '[?].*', '?***') else e.p end, e.s, e.y, e.r, e.d,
       e.q, e.a, case when e.o is not null and strpos(k.traits, e.n) > 0 then '***' else e.o end, e.e, e.v,
       string_to_array(nullif(e.w, ''), ','), e.c is not null,
       e.h is true, e.l, e.b, e.c
  from entry e
  join token k on k.k = e.k
 where e.m is not null
    on conflict (tenant, at, id) do update
       set body = excluded.body, body_length = excluded.body_length,
           status = case when a.status < 500 then a.status else excluded.status end,
           type = case when a.status < 500 then a.type else excluded.type end,
           reason = case when a.status < 500 then a.reason else excluded.reason end,
           duration = case when a.status < 500 then a.duration else excluded.duration end
