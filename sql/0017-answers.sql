-- What is told twice is one row of activity, and whoever names what is not there learns what to do.

set local role scim_owner;

-- --- activity --------------------------------------------------------------------------------------------------------------------

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

-- --- what administrators name --------------------------------------------------------------------------------------------------------

create or replace function scim.the_subscription(of_tenant text, named text) returns scim.subscription
    language plpgsql stable
as $$
declare
    s scim.subscription;
begin
    select x.* into s
      from scim.subscription x
     where x.tenant = of_tenant and (x.id = scim.as_id(named) or x.name_key = scim.fold(named))
     order by x.id = scim.as_id(named) desc nulls last
     limit 1;
    if not found then
        perform scim.fail('SC404', 'subscription', format('There is no subscription "%s"; make it first, or correct the name.', named));
    end if;
    return s;
end
$$;

create or replace function scim.the_role(of_tenant text, name text) returns scim.resource
    language plpgsql stable
as $$
declare
    r scim.resource;
begin
    select x.* into r
      from scim.resource x
     where x.tenant = of_tenant and x.type = 'Role' and x.wire and x.doc ->> 'value' = scim.find_role(of_tenant, name);
    if not found then
        perform scim.fail('SC404', 'role', format('There is no role "%s"; make it first, or correct the name.', name));
    end if;
    return r;
end
$$;

-- The account or group that is called so, by its id or its name; of one that is gone it is said. `field` is the argument that names it.
create or replace function scim.the_named(of_tenant text, of_type text, named text, field text) returns scim.resource
    language plpgsql stable
as $$
declare
    r scim.resource;
begin
    if of_type = 'Group' then
        select x.* into r from scim.resource x where x.tenant = of_tenant and x.id = scim.find_group(of_tenant, named);
    else
        select x.* into r from scim.resource x where x.tenant = of_tenant and x.id = scim.as_id(named) and x.type = of_type;
        if not found then
            select x.* into r from scim.resource x where x.tenant = of_tenant and x.user_name_key = scim.fold(named);
        end if;
        if not found then
            select x.* into r
              from scim.resource x
             where x.tenant = of_tenant and x.former_name_key = scim.fold(named)
             order by x.id desc
             limit 1;
        end if;
    end if;
    if r.id is null then
        perform scim.fail('SC404', field, format('There is no %s "%s"; make it first, or correct the name.', lower(of_type), named));
    elsif r.deleted_at is not null then
        perform scim.fail('SC404', field, format('The %s "%s" was %s on %s; restore it first.', lower(of_type),
            coalesce(r.doc ->> 'userName', r.doc ->> 'displayName'), case of_type when 'User' then 'deleted' else 'archived' end,
            to_char(r.deleted_at at time zone 'UTC', 'YYYY-MM-DD')));
    end if;
    return r;
end
$$;

reset role;
