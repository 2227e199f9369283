-- What holds of each row of scim.resource: keys, look-up rows, the tally, and who may change what.

-- --- keys and look-up rows -------------------------------------------------------------------------------------------

-- Held by who changes an account's e-mail addresses, and alone by who changes the tenant's login attribute: neither misses the other.
create function scim.login_lock(of_tenant text) returns bigint
    language sql immutable parallel safe
    return hashtextextended('scim.login ' || of_tenant, 0);

-- The key that nobody else of the tenant may have: the e-mail address where people log in by it. It is read after the lock is had.
create function scim.login_key(of_tenant text, doc jsonb) returns text
    language plpgsql
as $$
begin
    perform pg_advisory_xact_lock_shared(scim.login_lock(of_tenant));
    if exists (select from scim.tenant t where t.tenant = of_tenant and t.login_attribute = 'email') then
        return scim.fold(scim.account_email(doc));
    end if;
    return null;
end
$$;

create function scim.keep_keys() returns trigger
    language plpgsql
as $$
declare
    live boolean := new.deleted_at is null;
    name jsonb := new.doc -> 'name';
begin
    if scim.by_client() then
        return new;
    end if;
    new.modified_hour := scim.hour(new.last_modified);
    if tg_op = 'UPDATE' and new.doc is not distinct from old.doc and live = (old.deleted_at is null) then
        return new;
    end if;
    new.external_id := new.doc ->> 'externalId';
    new.display_name_key := scim.fold(new.doc ->> 'displayName');
    new.user_name_key := case when live and new.type = 'User' then scim.fold(new.doc ->> 'userName') end;
    new.group_name_key := case when live and new.type = 'Group' then new.display_name_key end;
    -- What a deleted user was called, for a tenant that restores by userName.
    new.former_name_key := case when not live and new.type = 'User' then scim.fold(new.doc ->> 'userName') end;
    new.employee_number_key := left(scim.fold(
        new.doc -> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User' ->> 'employeeNumber'), 256);
    if new.type = 'User' and (tg_op = 'INSERT' or old.deleted_at is not null or not live or new.doc -> 'emails' is distinct from old.doc -> 'emails')
    then
        new.login_key := case when live and new.doc ? 'emails' then scim.login_key(new.tenant, new.doc) end;
    end if;
    if tg_op = 'INSERT' or name is distinct from old.doc -> 'name' then
        new.formatted_name_key := left(scim.fold(name ->> 'formatted'), 256);
        new.family_name_key := left(scim.fold(name ->> 'familyName'), 256);
        new.given_name_key := left(scim.fold(name ->> 'givenName'), 256);
        new.middle_name_key := left(scim.fold(name ->> 'middleName'), 256);
        new.honorific_prefix_key := left(scim.fold(name ->> 'honorificPrefix'), 256);
        new.honorific_suffix_key := left(scim.fold(name ->> 'honorificSuffix'), 256);
    end if;
    return new;
end
$$;

create trigger keep_keys before insert or update on scim.resource
    for each row execute function scim.keep_keys();

-- Makes two functions of what scim.indexed holds: lookup_parts, what of a document decides about its keys, and lookup_keys,
-- its keys. Written out they cost a tenth of what reading scim.indexed for each resource would.
create function scim.make_lookup() returns void
    language plpgsql set lock_timeout = '10s'
as $make$
declare
    parts text;
    keys  text;
begin
    -- Whoever is writing ends first, by the old functions; whoever comes later waits and uses the new ones.
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

create function scim.keep_lookup() returns trigger
    language plpgsql
as $$
declare
    gone  record;
    was   boolean := tg_op <> 'INSERT' and old.deleted_at is null;
    stays boolean := tg_op <> 'DELETE' and new.deleted_at is null;
begin
    if scim.by_client() then
        return null;
    end if;
    if was and stays and scim.lookup_parts(new.doc) is not distinct from scim.lookup_parts(old.doc) then
        return null;
    end if;
    if was then
        -- One by one, so that each is found by the whole of the index, whatever the statistics say.
        for gone in select o.attribute, o.key from scim.lookup_keys(old.type, old.doc) o
                    except
                    select n.attribute, n.key from scim.lookup_keys(new.type, new.doc) n where stays loop
            delete from scim.lookup l
             where l.tenant = old.tenant and l.attribute = gone.attribute and l.key = gone.key and l.resource_id = old.id;
        end loop;
    end if;
    if stays then
        insert into scim.lookup (tenant, attribute, key, resource_id)
        select new.tenant, k.attribute, k.key, new.id
          from scim.lookup_keys(new.type, new.doc) k
            on conflict do nothing;
    end if;
    return null;
end
$$;

create trigger keep_lookup after insert or delete or update of doc, deleted_at on scim.resource
    for each row execute function scim.keep_lookup();

-- --- the tally -------------------------------------------------------------------------------------------------------

-- Makes one row of each type out of those that earlier transactions have left: those of this one may be as many as it changes
-- resources, and would be looked through again and again. A database that was restored from a dump has rows of transactions that
-- are yet to come. Rows that another one is folding are its own.
-- With the owner's rights: the web role takes nothing away.
create function scim.fold_tally(of_tenant text) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
as $$
begin
    with folded as (
        delete from scim.tally t
         where t.ctid = any (array(select l.ctid
                                     from scim.tally l
                                    where l.tenant = of_tenant and l.xid < pg_current_xact_id()
                                      for update skip locked)
                          || array(select l.ctid
                                     from scim.tally l
                                    where l.tenant = of_tenant and l.xid > pg_current_xact_id()
                                      for update skip locked))
        returning t.type, t.n
    )
    insert into scim.tally (tenant, type, n)
    select of_tenant, f.type, sum(f.n) from folded f group by f.type;
end
$$;
revoke execute on function scim.fold_tally from public;
grant execute on function scim.fold_tally to scim_web, scim_manage;

-- The tally counts what is on the wire. One of a hundred changes folds.
create function scim.keep_tally() returns trigger
    language plpgsql
as $$
begin
    if scim.by_client() then
        return null;
    end if;
    insert into scim.tally (tenant, type, n)
    values (coalesce(new.tenant, old.tenant), coalesce(new.type, old.type),
            (new.id is not null and new.wire)::int - (old.id is not null and old.wire)::int);
    if random() < 0.01 then
        perform scim.fold_tally(coalesce(new.tenant, old.tenant));
    end if;
    return null;
end
$$;

create trigger keep_tally after insert or update or delete on scim.resource
    for each row execute function scim.keep_tally();

-- --- the rules -------------------------------------------------------------------------------------------------------

create function scim.is_active(doc jsonb, deleted_at timestamptz) returns boolean
    language sql immutable parallel safe
    return deleted_at is null and (doc -> 'active') is distinct from 'false'::jsonb;

-- What people are called where nobody says: as scim_display_name (scim/resource.c) has it for a client that sends no displayName.
create function scim.display_name(doc jsonb) returns text
    language sql immutable parallel safe
    return (select x.name
              from unnest(array [doc -> 'name' ->> 'formatted',
                                 concat_ws(' ', case when btrim(doc -> 'name' ->> 'givenName') <> '' then doc -> 'name' ->> 'givenName' end,
                                           case when btrim(doc -> 'name' ->> 'familyName') <> '' then doc -> 'name' ->> 'familyName' end),
                                 doc ->> 'userName']) with ordinality x (name, place)
             where btrim(x.name) <> '' and octet_length(x.name) <= 1024
             order by x.place limit 1);

-- Whether a tenant may have something that few have, which no write has to look for otherwise: one of the letters of scim.traits(). What
-- authentication has not told is possible.
create function scim.concerns(trait text) returns boolean
    language sql stable
    return case coalesce(current_setting('scim.traits', true), '')
               when '' then true
               else strpos(current_setting('scim.traits'), trait) > 0
           end;

-- What holds of each row, and the tenant's rules for accounts that administrators change. It runs before keep_keys, by its name.
create function scim.apply_rules() returns trigger
    language plpgsql
as $$
declare
    rules record;
begin
    if scim.by_client() then
        return new;
    end if;
    if new.source not in ('scim', 'local', 'application')
        or new.protected is not null and (new.protected not in ('main-contact', 'break-glass') or new.type <> 'User')
    then
        raise exception using errcode = '23514', message = format('source "%s" or protected "%s" is none', new.source, new.protected);
    end if;
    new.wire := new.deleted_at is null and new.source <> 'local';
    new.active := new.type <> 'User' or scim.is_active(new.doc, new.deleted_at);
    if new.type <> 'User' or new.deleted_at is not null or tg_op = 'UPDATE' and new.doc is not distinct from old.doc then
        return new;
    end if;
    select t.user_name_email, t.derive_display_name into rules from scim.tenant t where t.tenant = new.tenant;
    if rules.user_name_email and new.doc ->> 'userName' !~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$' then
        perform scim.fail('SC400', 'userName', format('userName: "%s" is no e-mail address, which this tenant asks for.', new.doc ->> 'userName'));
    end if;
    if rules.derive_display_name then
        new.doc := jsonb_set(new.doc, '{displayName}', to_jsonb(scim.display_name(new.doc)));
    end if;
    return new;
end
$$;

create trigger apply_rules before insert or update on scim.resource
    for each row execute function scim.apply_rules();
