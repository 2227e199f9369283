-- How administrators' operations write scim.resource: with keys, look-up rows, the tally and the audit log. What clients of the SCIM
-- endpoint write is decided in C (mod_scim/rules), and their statements write all of it themselves.

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

-- --- writing ---------------------------------------------------------------------------------------------------------

-- A resource that is to be made.
create function scim.new_resource(of_tenant text, id uuid, type text, source text, doc jsonb) returns scim.resource
    language plpgsql stable
as $$
declare
    r scim.resource;
begin
    r.tenant := of_tenant;
    r.id := id;
    r.type := type;
    r.source := source;
    r.doc := doc;
    r.version := 1;
    r.created := now();
    r.last_modified := now();
    return r;
end
$$;

-- The row as it shall be, by the tenant's rules for accounts, with its keys. `old` is null for a new one.
create function scim.ruled(new scim.resource, old scim.resource) returns scim.resource
    language plpgsql
as $$
declare
    live  boolean := new.deleted_at is null;
    rules record;
    name  jsonb;
begin
    new.wire := live and new.source <> 'local';
    new.active := new.type <> 'User' or scim.is_active(new.doc, new.deleted_at);
    new.modified_hour := scim.hour(new.last_modified);
    if new.doc is not distinct from old.doc and live = (old.deleted_at is null) then
        return new;
    end if;
    if new.type = 'User' and live and new.doc is distinct from old.doc then
        select t.user_name_email, t.derive_display_name into rules from scim.tenant t where t.tenant = new.tenant;
        if rules.user_name_email and new.doc ->> 'userName' !~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$' then
            perform scim.fail('SC400', 'userName', format('userName: "%s" is no e-mail address, which this tenant asks for.', new.doc ->> 'userName'));
        end if;
        if rules.derive_display_name then
            new.doc := jsonb_set(new.doc, '{displayName}', to_jsonb(scim.display_name(new.doc)));
        end if;
    end if;
    name := new.doc -> 'name';
    new.external_id := new.doc ->> 'externalId';
    new.display_name_key := scim.fold(new.doc ->> 'displayName');
    new.user_name_key := case when live and new.type = 'User' then scim.fold(new.doc ->> 'userName') end;
    new.group_name_key := case when live and new.type = 'Group' then new.display_name_key end;
    new.former_name_key := case when not live and new.type = 'User' then scim.fold(new.doc ->> 'userName') end;
    new.login_key := case when live and new.type = 'User' and new.doc ? 'emails' then scim.login_key(new.tenant, new.doc) end;
    new.employee_number_key := left(scim.fold(
        new.doc -> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User' ->> 'employeeNumber'), 256);
    new.formatted_name_key := left(scim.fold(name ->> 'formatted'), 256);
    new.family_name_key := left(scim.fold(name ->> 'familyName'), 256);
    new.given_name_key := left(scim.fold(name ->> 'givenName'), 256);
    new.middle_name_key := left(scim.fold(name ->> 'middleName'), 256);
    new.honorific_prefix_key := left(scim.fold(name ->> 'honorificPrefix'), 256);
    new.honorific_suffix_key := left(scim.fold(name ->> 'honorificSuffix'), 256);
    return new;
end
$$;

-- The rows of scim.lookup and of the tally that follow from a change; `old` or `new` is null where there is no such row.
create function scim.follow_up(new scim.resource, old scim.resource) returns void
    language plpgsql
as $$
declare
    was   boolean := old.id is not null and old.deleted_at is null;
    stays boolean := new.id is not null and new.deleted_at is null;
    gone  record;
begin
    insert into scim.tally (tenant, type, n)
    values (coalesce(new.tenant, old.tenant), coalesce(new.type, old.type),
            (new.id is not null and new.wire)::int - (old.id is not null and old.wire)::int);
    if was and stays and scim.lookup_parts(new.doc) is not distinct from scim.lookup_parts(old.doc) then
        return;
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
        select new.tenant, k.attribute, k.key, new.id from scim.lookup_keys(new.type, new.doc) k
            on conflict do nothing;
    end if;
end
$$;

-- Makes a resource; null where a unique value of it is taken.
create function scim.make_resource(r scim.resource) returns scim.resource
    language plpgsql
as $$
declare
    made scim.resource;
begin
    r := scim.ruled(r, null);
    insert into scim.resource select (r).* on conflict do nothing returning * into made;
    if made.id is null then
        return null;
    end if;
    perform scim.follow_up(made, null);
    perform scim.note(made.tenant, 'create', made.type, made.id::text,
                      coalesce(made.doc ->> 'userName', made.doc ->> 'value', made.doc ->> 'displayName'), null, made.doc);
    if made.type = 'User' then
        perform scim.apply_templates(made.tenant, array [made.id]);
        select x.* into made from scim.resource x where x.tenant = made.tenant and x.id = made.id;
    end if;
    return made;
end
$$;

-- Writes the row as it is, changed, of one that the transaction has locked, and notes the change. `again`: as a new version.
create function scim.change_resource(old scim.resource, new scim.resource, again boolean default true) returns scim.resource
    language plpgsql
as $$
begin
    if again then
        new.version := old.version + 1;
        new.last_modified := now();
    end if;
    new := scim.ruled(new, old);
    update scim.resource x
       set doc = new.doc, version = new.version, last_modified = new.last_modified, deleted_at = new.deleted_at, external_id = new.external_id,
           user_name_key = new.user_name_key, group_name_key = new.group_name_key, display_name_key = new.display_name_key,
           former_name_key = new.former_name_key, login_key = new.login_key, modified_hour = new.modified_hour,
           formatted_name_key = new.formatted_name_key, family_name_key = new.family_name_key, given_name_key = new.given_name_key,
           middle_name_key = new.middle_name_key, honorific_prefix_key = new.honorific_prefix_key,
           honorific_suffix_key = new.honorific_suffix_key, employee_number_key = new.employee_number_key, source = new.source, wire = new.wire,
           active = new.active, role = new.role, sent_role = new.sent_role, flags = new.flags, protected = new.protected,
           merged_into = new.merged_into
     where x.tenant = old.tenant and x.id = old.id;
    perform scim.follow_up(new, old);
    perform scim.note_change(old, new);
    return new;
end
$$;

-- Groups whose members have changed are new versions.
create function scim.touch_groups(of_tenant text, ids uuid[]) returns void
    language plpgsql
as $$
begin
    update scim.resource g
       set version = g.version + (g.xmin <> pg_current_xact_id()::xid)::int, last_modified = now(), modified_hour = scim.hour(now())
     where g.tenant = of_tenant and g.id = any (ids);
    if found then
        insert into scim.tally (tenant, type, n) values (of_tenant, 'Group', 0);
    end if;
end
$$;

-- What is kept of a resource elsewhere goes with its row. With the owner's rights: the web role takes nothing away, and erases.
create function scim.forget(of_tenant text, gone uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    delete from scim.link l where l.tenant = of_tenant and l.user_id = gone;
    perform scim.withdraw(a) from scim.access_grant a where a.tenant = of_tenant and a.user_id = gone order by a.id;
    delete from scim.first_login f where f.tenant = of_tenant and f.user_id = gone;
    delete from scim.mapping p where p.tenant = of_tenant and p.group_id = gone;
    delete from scim.application_group a where a.tenant = of_tenant and a.group_id = gone;
end
$$;
revoke execute on function scim.forget from public;
grant execute on function scim.forget to scim_web, scim_manage;

-- Takes a resource away that leaves nothing but the fact.
create function scim.erase_resource(old scim.resource) returns void
    language plpgsql
as $$
begin
    delete from scim.resource x where x.tenant = old.tenant and x.id = old.id;
    perform scim.follow_up(null, old);
    perform scim.note(old.tenant, 'erase', old.type, old.id::text, null, null, null,
                      case old.type when 'User' then old.active::int when 'Group' then scim.people_in(old.tenant, array [old.id]) else 0 end);
    perform scim.forget(old.tenant, old.id);
end
$$;
