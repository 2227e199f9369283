-- What resources are looked up by: keys of single values as columns of the resource, keys of lists and of what schema files
-- declare as rows of scim.lookup.
--
-- A key is for finding: it is cut at 256 characters, so that any value fits into an index, and whoever finds a resource by it
-- compares the value itself as well.

set local role scim_owner;

-- The hour of a time. The index on it moves a resource once in an hour and not with each change, which would have to touch
-- all other indexes too.
create function scim.hour(at timestamptz) returns timestamptz
    language sql immutable parallel safe
    return date_bin('1 hour', at, timestamptz '2000-01-01 00:00:00+00');

-- Filled for what is there by being generated once, while the table is written anew.
alter table scim.resource
    add column modified_hour timestamptz generated always as (scim.hour(last_modified)) stored,
    add column formatted_name_key text collate "C" generated always as
        (left(scim.fold(doc -> 'name' ->> 'formatted'), 256)) stored,
    add column family_name_key text collate "C" generated always as
        (left(scim.fold(doc -> 'name' ->> 'familyName'), 256)) stored,
    add column given_name_key text collate "C" generated always as
        (left(scim.fold(doc -> 'name' ->> 'givenName'), 256)) stored,
    add column middle_name_key text collate "C" generated always as
        (left(scim.fold(doc -> 'name' ->> 'middleName'), 256)) stored,
    add column honorific_prefix_key text collate "C" generated always as
        (left(scim.fold(doc -> 'name' ->> 'honorificPrefix'), 256)) stored,
    add column honorific_suffix_key text collate "C" generated always as
        (left(scim.fold(doc -> 'name' ->> 'honorificSuffix'), 256)) stored,
    add column employee_number_key text collate "C" generated always as
        (left(scim.fold(doc -> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User' ->> 'employeeNumber'), 256)) stored;

-- A generated column is parsed and planned by each statement that writes, which costs more than all the rest of the statement.
-- A trigger's function is planned once for a connection.
alter table scim.resource
    alter column external_id drop expression,
    alter column user_name_key drop expression,
    alter column group_name_key drop expression,
    alter column display_name_key drop expression,
    alter column former_name_key drop expression,
    alter column modified_hour drop expression,
    alter column formatted_name_key drop expression,
    alter column family_name_key drop expression,
    alter column given_name_key drop expression,
    alter column middle_name_key drop expression,
    alter column honorific_prefix_key drop expression,
    alter column honorific_suffix_key drop expression,
    alter column employee_number_key drop expression;

create function scim.keep_keys() returns trigger
    language plpgsql
as $$
declare
    live boolean := new.deleted_at is null;
    name jsonb := new.doc -> 'name';
begin
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

create index resource_modified on scim.resource (tenant, type, modified_hour);
create index resource_formatted_name on scim.resource (tenant, formatted_name_key) where formatted_name_key is not null;
create index resource_family_name on scim.resource (tenant, family_name_key) where family_name_key is not null;
create index resource_given_name on scim.resource (tenant, given_name_key) where given_name_key is not null;
create index resource_middle_name on scim.resource (tenant, middle_name_key) where middle_name_key is not null;
create index resource_honorific_prefix on scim.resource (tenant, honorific_prefix_key) where honorific_prefix_key is not null;
create index resource_honorific_suffix on scim.resource (tenant, honorific_suffix_key) where honorific_suffix_key is not null;
create index resource_employee_number on scim.resource (tenant, employee_number_key) where employee_number_key is not null;

-- The attributes of documents that scim.lookup has rows of. What is ready has rows of all resources; before that, of those
-- only that were written since.
create table scim.indexed (
    id           int generated always as identity primary key,
    type         text collate "C" not null,
    schema       text collate "C",          -- the URN of an extension; null for the type's own schema
    attribute    text collate "C" not null,
    sub          text collate "C",
    multi_valued boolean not null,
    fold         boolean not null,          -- compared without case
    ready        boolean not null default false
);
create unique index indexed_attribute on scim.indexed
    (type, coalesce(schema, ''), attribute, coalesce(sub, ''), multi_valued, fold);

insert into scim.indexed (type, attribute, sub, multi_valued, fold, ready)
values ('User', 'emails', 'value', true, true, true),
       ('User', 'phoneNumbers', 'value', true, true, true);

drop trigger keep_lookup on scim.resource;
drop table scim.lookup;

create table scim.lookup (
    tenant      text collate "C" not null,
    attribute   int not null,               -- scim.indexed.id
    key         text collate "C" not null,
    resource_id uuid not null,
    primary key (tenant, attribute, key, resource_id)
);

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

create or replace function scim.keep_lookup() returns trigger
    language plpgsql
as $$
declare
    gone  record;
    was   boolean := tg_op <> 'INSERT' and old.deleted_at is null;
    stays boolean := tg_op <> 'DELETE' and new.deleted_at is null;
begin
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

insert into scim.lookup (tenant, attribute, key, resource_id)
select r.tenant, k.attribute, k.key, r.id
  from scim.resource r
 cross join lateral scim.lookup_keys(r.type, r.doc) k
 where r.deleted_at is null
    on conflict do nothing;

alter table scim.lookup enable row level security;
alter table scim.lookup force row level security;
create policy web on scim.lookup to scim_web using (coalesce(tenant = current_setting('scim.tenant', true), false));
create policy owner on scim.lookup to scim_owner using (true);
grant select, insert, delete on scim.lookup to scim_web;
grant select on scim.indexed to scim_web;

analyze scim.resource;
analyze scim.lookup;

reset role;
