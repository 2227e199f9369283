-- What is told twice is one row of activity: httpd makes the id of each.

set local role scim_owner;

-- Takes up what httpd has gathered: a list of objects. One with `m` is a request that is no row yet; one without it adds the body to a
-- row; `i` is the row's id. Where the end of a COMMIT is not known, be it the request's own or that of these entries, the row may be
-- there already: it stays as it is, and gets the body. Each entry is a use of the token where `u` is true. What names no token of the
-- tenant is left out, and of reads (`g`) as many as the tenant wants. The name of a resource that the tenant masks is masked here (`n`
-- is its attribute), and so is the query of a request whose token was not accepted, for which httpd does not know what is masked.
create or replace function scim.record_activity(entries jsonb) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_hashjoin = on
as $$
begin
    with entry as materialized (
        select timestamptz 'epoch' + e.at * interval '1 microsecond' as came, e.*
          from jsonb_to_recordset(entries) e (t text, i bigint, at bigint, k text, m text, p text, s int, y text, r text, d bigint, q text,
                                              a text, o text, n text, c jsonb, l bigint, b jsonb, g boolean, u boolean, h boolean)
    ), token as materialized (
        -- Few: each is looked up once.
        select x.t, x.k, x.used, x.addresses[cardinality(x.addresses)] as address, k.name, k.traits, n.activity_mask, n.activity_reads
          from (select e.t, e.k, max(e.came) filter (where e.u) as used, array_agg(e.a order by e.came) filter (where e.u) as addresses
                  from entry e
                 group by e.t, e.k) x
          join scim.token k on k.tenant = x.t and k.key_id = x.k
          join scim.tenant n on n.tenant = x.t
    ), used as (
        update scim.token k
           set last_used = x.used, last_address = x.address
          from token x
         where k.tenant = x.t and k.key_id = x.k and x.used is not null
           and (k.last_used is null or k.last_used <= x.used - interval '1 minute')
    )
    insert into scim.activity (tenant, at, id, token, token_name, method, path, status, type, reason, duration, request, address, object,
                               dry, held, body_length, body, changes)
    select e.t, e.came, coalesce(e.i, nextval('scim.activity_id')), e.k, k.name, e.m,
           case when e.u is null and k.activity_mask <> '{}' then regexp_replace(e.p, '[?].*', '?***') else e.p end, e.s, e.y, e.r, e.d,
           e.q, e.a, case when e.o is not null and strpos(k.traits, scim.mask_trait(e.n)) > 0 then '***' else e.o end, e.c is not null,
           e.h is true, e.l, e.b, e.c
      from entry e
      join token k on k.t = e.t and k.k = e.k
     where e.m is not null and (e.g is null or k.activity_reads = 100 or random() * 100 < k.activity_reads)
        on conflict (tenant, at, id) do update set body = excluded.body, body_length = excluded.body_length;
    if entries @? '$[*] ? (exists(@.i) && !exists(@.m))' then
        update scim.activity a
           set body = e.b, body_length = e.l
          from jsonb_to_recordset(entries) e (t text, i bigint, m text, at bigint, l bigint, b jsonb)
         where e.i is not null and e.m is null and a.tenant = e.t and a.at = timestamptz 'epoch' + e.at * interval '1 microsecond' and a.id = e.i;
    end if;
end
$$;

reset role;
