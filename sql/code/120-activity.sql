-- What clients have asked for and what came of it.

-- Makes the pieces of this week and the next four, and drops those that are older than `keep`. One at a time; who finds it under
-- way does nothing.
create function scim.keep_activity(keep interval) returns jsonb
    language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' set timezone = 'UTC'
as $$
declare
    week    timestamptz;
    piece   text;
    made    int := 0;
    dropped int := 0;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('scim.keep_activity', 0)) then
        return jsonb_build_object('made', 0, 'dropped', 0);
    end if;
    for i in 0 .. 4 loop
        week := date_trunc('week', now()) + i * interval '7 days';
        piece := 'activity_' || to_char(week, 'YYYYMMDD');
        continue when to_regclass('scim.' || piece) is not null;
        -- Attached, and not made as a part, so that nobody has to wait for it.
        execute format('create table scim.%I (like scim.activity including all)', piece);
        execute format('alter table scim.%I enable row level security', piece);
        execute format('with moved as (delete from scim.activity_default where at >= %L and at < %L returning *)
                        insert into scim.%I select * from moved', week, week + interval '7 days', piece);
        execute format('alter table scim.activity attach partition scim.%I for values from (%L) to (%L)',
                       piece, week, week + interval '7 days');
        made := made + 1;
    end loop;
    for piece in select c.relname
                   from pg_inherits i
                   join pg_class c on c.oid = i.inhrelid
                  where i.inhparent = 'scim.activity'::regclass and c.relname ~ '^activity_[0-9]{8}$'
                    and to_timestamp(right(c.relname, 8), 'YYYYMMDD') + interval '7 days' <= now() - keep
                  order by 1 loop
        execute format('drop table scim.%I', piece);
        dropped := dropped + 1;
    end loop;
    delete from scim.activity_default where at < now() - keep;
    delete from scim.hold h where h.state <> 'held' and h.decided < now() - greatest(keep, interval '1 day');
    return jsonb_build_object('made', made, 'dropped', dropped);
end
$$;
revoke execute on function scim.keep_activity from public;
grant execute on function scim.keep_activity to scim_web, scim_manage;

-- Makes the pieces that are missing now; drops none.
select scim.keep_activity(interval '100 years');

-- Which members a change of a group is about. With the owner's rights, so that the index of the members can be asked behind row-level
-- security, and with a wall of its own.
create view scim.member_audit as
select a.tenant, a.id, a.action, a.object_id, coalesce(a.after, a.before) -> 'members' as members
  from scim.audit a
 where a.action in ('add-members', 'remove-members') and coalesce(current_setting('scim.tenant', true) in (a.tenant, '*'), false);
grant select on scim.member_audit to scim_manage;

-- --- what httpd tells later ------------------------------------------------------------------------------------------

-- Takes up what httpd has gathered: a list of objects. One with `m` is a request that is no row yet; one without it adds the body to a
-- row, and `e`, the id of the resource that it came to be about; `i` is the row's id. Where the end of a COMMIT is not known, be it the
-- request's own or that of these entries, the row may be there already: it stays as it is, and gets the body; but what a Bulk request said in case it would not be finished (a status of 500 or
-- more) is replaced. Each entry is a use of the token where `u` is true. The name of a resource that the tenant masks is masked here (`n`
-- is the trait that says so), and so is the query of a request whose token was not accepted, for which httpd does not know what is masked.
create function scim.record_activity(entries jsonb) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_hashjoin = on
as $$
declare
    -- Of what no tenant's token is, it is asked whether it is another tenant's: the one question that is about all of them.
    strangers text[] := array(select distinct e.value ->> 'k' from jsonb_array_elements(entries) e where e.value ->> 's' = '401' and e.value ? 'z');
    part      record;
begin
    if strangers <> '{}' then
        strangers := array(select k.key_id from scim.token k where k.key_id || '' = any (strangers));
    end if;
    for part in select e.value ->> 't' as tenant, jsonb_agg(e.value order by e.ordinality) as entries
                  from jsonb_array_elements(entries) with ordinality e group by 1 order by 1 loop
        perform scim.record_part(part.tenant, part.entries, strangers);
    end loop;
end
$$;
revoke execute on function scim.record_activity from public;
grant execute on function scim.record_activity to scim_web;

-- The same of one tenant; `elsewhere` are key ids of tokens that are another one's.
create function scim.record_part(of_tenant text, entries jsonb, elsewhere text[]) returns void
    language plpgsql
as $$
begin
    with entry as materialized (
        select timestamptz 'epoch' + e.at * interval '1 microsecond' as came, coalesce(e.i, nextval('scim.activity_id')) as id, e.*
          from jsonb_to_recordset(entries) e (i bigint, at bigint, k text, m text, p text, s int, y text, r text, d bigint, q text,
                                              a text, o text, e uuid, v text, w text, n text, c jsonb, l bigint, b jsonb, u boolean, h boolean)
    ), token as materialized (
        -- Few: each is looked up once.
        select x.k, x.used, x.used - interval '1 minute' as before, x.addresses[cardinality(x.addresses)] as address, k.name, k.traits, n.activity_mask
          from (select e.k, max(e.came) filter (where e.u) as used, array_agg(e.a order by e.came) filter (where e.u) as addresses
                  from entry e
                 group by e.k) x
          join scim.token k on k.tenant = of_tenant and k.key_id = x.k
          join scim.tenant n on n.tenant = of_tenant
    ), used as (
        update scim.token k
           set last_used = x.used, last_address = x.address
          from token x
         where k.tenant = of_tenant and k.key_id = x.k and x.used is not null
           and (k.last_used is null or k.last_used <= x.before)
    )
    insert into scim.activity as a (tenant, at, id, token, token_name, method, path, status, type, reason, duration, request, address,
                                    object, resource_id, resource_type, leniencies, dry, held, body_length, body, changes)
    select of_tenant, e.came, e.id, e.k, k.name, e.m,
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
               duration = case when a.status < 500 then a.duration else excluded.duration end;
    -- Who has shown no token of the tenant: each token and address once in a minute, a hundred in an hour, and nothing of what was asked but
    -- its path. `z` is the reason where the token is another tenant's.
    if entries @? '$[*] ? (@.s == 401)' then
        insert into scim.activity (tenant, at, id, token, method, path, status, reason, duration, request, address)
        select of_tenant, x.came, x.i, x.k, x.m, regexp_replace(x.p, '[?].*', '?***'), x.s,
               case when x.z is not null and x.k = any (elsewhere) then x.z else x.r end, x.d, x.q, x.a
          from (select e.*, c.came, row_number() over (order by e.at) as place,
                       row_number() over (partition by e.k, e.a order by e.at) as nth
                  from jsonb_to_recordset(entries) e (i bigint, at bigint, k text, m text, p text, s int, r text, z text, d bigint, q text, a text)
                 cross join lateral (select timestamptz 'epoch' + e.at * interval '1 microsecond' as came) c
                 where e.s = 401 and exists (select from scim.tenant n where n.tenant = of_tenant)
                   and not exists (select from scim.token k where k.tenant = of_tenant and k.key_id = e.k)) x
         cross join lateral (
                select count(*) as n, bool_or(a.at > x.came - interval '1 minute' and a.token = x.k and a.address is not distinct from x.a) as again
                  from (select a.*
                          from scim.activity a
                         where a.tenant = of_tenant and a.token_name is null and a.at > x.came - interval '1 hour'
                         order by a.at desc
                         limit 100) a) seen
         where x.nth = 1 and seen.n + x.place <= 100 and seen.again is not true
            on conflict do nothing;
    end if;
    if entries @? '$[*] ? (exists(@.i) && !exists(@.m))' then
        update scim.activity a
           set body = coalesce(e.b, a.body), body_length = coalesce(e.l, a.body_length), resource_id = coalesce(e.e, a.resource_id)
          from (select e.*, timestamptz 'epoch' + e.at * interval '1 microsecond' as came
                  from jsonb_to_recordset(entries) e (i bigint, m text, at bigint, e uuid, l bigint, b jsonb)) e
         where e.i is not null and e.m is null and a.tenant = of_tenant and a.at = e.came and a.id = e.i;
    end if;
end
$$;
revoke execute on function scim.record_part from public;
