-- Functions for statements that write scim.resource. C decides what they write (mod_scim/rules): rows with their keys, and the audit log.

-- --- keys and look-up rows -------------------------------------------------------------------------------------------

-- An advisory lock: shared for changes of accounts' e-mail addresses, exclusive for a change of the tenant's login attribute. So neither change
-- misses the other.
create function scim.login_lock(of_tenant text) returns bigint
    language sql immutable parallel safe
    return hashtextextended('scim.login ' || of_tenant, 0);

-- Generates two functions from scim.indexed: lookup_parts returns the parts of a document from which its keys are computed, lookup_keys the
-- keys. The generated functions cost a tenth of reading scim.indexed for each resource.
create function scim.make_lookup() returns void
    language plpgsql set lock_timeout = '10s'
as $make$
declare
    parts text;
    keys  text;
begin
    -- The lock waits for transactions that write with the old functions; later ones wait for it, and use the new functions.
    lock table scim.resource in share row exclusive mode;
    select string_agg(distinct p.place, ', '),
           string_agg(format(
               case
                   when i.multi_valued then
                       'select %s, left(%s, 256) from jsonb_array_elements(case jsonb_typeof(%s) when ''array'' then %3$s end) e'
                       ' where of_type = %L and %s is not null'
                   else 'select %s, left(%s, 256) where of_type = %4$L and %5$s is not null'
               end, i.id, k.key, p.place, i.type, v.value), ' union all ' order by i.id)
      into parts, keys
      from scim.indexed i
     cross join lateral (select concat('doc', ' -> ' || quote_literal(i.schema), ' -> ', quote_literal(i.attribute))) p (place)
     cross join lateral (select case
                                    when i.multi_valued and i.sub is null then 'e.value #>> ''{}'''
                                    when i.multi_valued then 'e.value ->> ' || quote_literal(i.sub)
                                    when i.sub is null then '(' || p.place || ') #>> ''{}'''
                                    else p.place || ' ->> ' || quote_literal(i.sub)
                                end) v (value)
     cross join lateral (select case when i.fold then 'scim.fold(' || v.value || ')' else v.value end) k (key);
    execute format('create or replace function scim.lookup_parts(doc jsonb) returns jsonb[]'
                   ' language sql stable parallel safe as %L', format('select array[%s]::jsonb[]', parts));
    execute format('create or replace function scim.lookup_keys(of_type text, doc jsonb) returns table (attribute int, key text)'
                   ' language sql stable parallel safe as %L', coalesce(keys, 'select null::int, null::text where false'));
end
$make$;

select scim.make_lookup();

-- --- the tally -------------------------------------------------------------------------------------------------------

-- Replaces the rows of earlier transactions by one row for each type. Rows of this transaction are left out: they may be many, and each call
-- would read them again. A database that was restored from a dump may have rows with future transaction ids; so there are two queries, for
-- smaller and larger ids, which both use the index. Rows that another transaction is replacing are skipped.
create function scim.fold_tally(of_tenant text) returns void
    language plpgsql set enable_seqscan = off
as $$
declare
    gone tid[] := array(select l.ctid from scim.tally l where l.tenant = of_tenant and l.xid < pg_current_xact_id() for update skip locked)
                  || array(select l.ctid from scim.tally l where l.tenant = of_tenant and l.xid > pg_current_xact_id() for update skip locked);
    sums record;
begin
    for sums in
        with earlier as (
            delete from scim.tally t
             where t.tenant = of_tenant and t.xid < pg_current_xact_id() and t.ctid = any (gone) returning t.type, t.n
        ), later as (
            delete from scim.tally t
             where t.tenant = of_tenant and t.xid > pg_current_xact_id() and t.ctid = any (gone) returning t.type, t.n
        )
        select f.type, sum(f.n) as n from (select e.type, e.n from earlier e union all select l.type, l.n from later l) f group by f.type loop
        insert into scim.tally (tenant, type, n) values (of_tenant, sums.type, sums.n);
    end loop;
end
$$;
revoke execute on function scim.fold_tally from public;
grant execute on function scim.fold_tally to scim_web, scim_manage;

-- --- writing ---------------------------------------------------------------------------------------------------------

-- Removes the rows of other tables about an erased resource. It has the owner's rights, because httpd's role erases resources but cannot delete
-- from these tables.
create function scim.forget(of_tenant text, gone uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    delete from scim.link l where l.tenant = of_tenant and l.user_id = gone;
    delete from scim.access_grant a where a.tenant = of_tenant and a.user_id = gone;
    delete from scim.first_login f where f.tenant = of_tenant and f.user_id = gone;
    delete from scim.mapping p where p.tenant = of_tenant and p.group_id = gone;
    delete from scim.group_size z where z.tenant = of_tenant and z.group_id = gone;
    delete from scim.application_group a where a.tenant = of_tenant and a.group_id = gone;
    delete from scim.batch_item i where i.tenant = of_tenant and i.user_id = gone;
end
$$;
revoke execute on function scim.forget from public;
grant execute on function scim.forget to scim_web, scim_manage;
