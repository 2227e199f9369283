-- What administrators decide, and who has done what.
--
-- A resource has a source: the identity provider (scim), an administrator (local) or the application itself. `wire` says
-- whether clients of the SCIM endpoint see it; what is local they do not. Who acts stands in settings of the transaction:
--
--   scim.tenant      the tenant, or * where an administrator asks about all of them
--   scim.actor_kind  token, admin (httpd's user) or scimctl
--   scim.actor       the token's name, or the user's
--   scim.actor_key   the token's key id
--   scim.request     the id of the request, as the logs have it
--   scim.if_match    the versions that an administrator's change is for
--
-- and so does what the audit log has of the transaction:
--
--   scim.noted       the id that its rows do not come before; "-" where nobody will ask
--   scim.weight      the sum of the weights

do $$
begin
    -- The role that administrators' operations run as. Nobody logs in as it: httpd's role and the owner take it up for one
    -- transaction.
    if not exists (select from pg_roles where rolname = 'scim_manage') then
        if not (select r.rolsuper or r.rolcreaterole from pg_roles r where r.rolname = current_user) then
            raise exception 'the role scim_manage is missing, and "%" may not make roles', current_user
                using hint = 'Upgrade as a superuser, or let one run: create role scim_manage nologin; create role scim_app nologin; '
                             'grant scim_manage to scim_web, scim_owner; alter role scim_web noinherit;';
        end if;
        create role scim_manage nologin;
    end if;
    begin
        -- What it may do, httpd's role may only after it has taken it up.
        alter role scim_web noinherit;
    exception
        when insufficient_privilege then
            raise warning 'role scim_web could not be made noinherit: %', sqlerrm;
    end;
    if not (pg_has_role('scim_web', 'scim_manage', 'member') and pg_has_role('scim_owner', 'scim_manage', 'member')) then
        grant scim_manage to scim_web, scim_owner;
    end if;
end
$$;

grant usage on schema scim to scim_manage;
set local role scim_owner;

-- --- resources: where they come from, and what administrators add to them ------------------------------------------------

-- A check constraint and a condition of a trigger are parsed and planned anew by each statement that writes, which costs as much as
-- the statement itself: what they would say apply_rules and the triggers' functions do.
alter table scim.resource
    add source    text collate "C" not null default 'scim', -- scim, local or application
    add wire      boolean not null default true,
    add active    boolean not null default true, -- of a user: neither deactivated nor deleted
    add role      text,   -- the value of the account's role; null: the tenant's default
    add flags     text[], -- the names of local flags that are set
    add protected text;   -- main-contact or break-glass: provisioning may not touch it

alter table scim.tenant
    add default_role text not null default 'user',
    -- When the identity provider's role counts: with each of its writes, or with the first one alone.
    add role_wins    text not null default 'sync' check (role_wins in ('sync', 'creation')),
    -- userName must be an e-mail address.
    add user_name_email boolean not null default false,
    -- displayName is made of the name, whatever is sent.
    add derive_display_name boolean not null default false;

create function scim.is_active(doc jsonb, deleted_at timestamptz) returns boolean
    language sql immutable parallel safe
    return deleted_at is null and (doc -> 'active') is distinct from 'false'::jsonb;

update scim.resource
   set wire = deleted_at is null, active = type <> 'User' or scim.is_active(doc, deleted_at)
 where deleted_at is not null or type = 'User' and not scim.is_active(doc, deleted_at);

drop index scim.resource_list;
create index resource_list on scim.resource (tenant, type, id) where wire;
create index resource_local on scim.resource (tenant, type, id) where source <> 'scim' and deleted_at is null;
create index resource_gone on scim.resource (tenant, type, id) where deleted_at is not null;
create index resource_protected on scim.resource (tenant, id) where protected is not null;

-- The value of the tenant's role that is called so, whatever the case, by its value, its id or its display name; null where there
-- is none.
create function scim.find_role(of_tenant text, name text) returns text
    language sql stable
    begin atomic
        select r.doc ->> 'value'
          from scim.resource r
         where r.tenant = of_tenant and r.type = 'Role' and r.wire
           and (scim.fold(r.doc ->> 'value') = scim.fold(name) or r.id::text = lower(name)
                or scim.fold(r.doc ->> 'display') = scim.fold(name))
         order by scim.fold(r.doc ->> 'value') = scim.fold(name) desc, r.id
         limit 1;
    end;

-- The role that a list `roles` asks for: the primary one, else the first. Where it is strict it refuses names that are no roles;
-- else a name that is none asks for nothing.
create function scim.role_of(of_tenant text, roles jsonb, strict boolean) returns text
    language plpgsql stable
as $$
declare
    e      record;
    named  text;
    chosen text;
    n      int := 0;
begin
    for e in select x.value ->> 'value' as name
               from jsonb_array_elements(case jsonb_typeof(roles) when 'array' then roles else jsonb_build_array(roles) end)
                    with ordinality x
              where x.value ->> 'value' is not null
              order by (x.value ->> 'primary') is not distinct from 'true' desc, x.ordinality loop
        named := scim.find_role(of_tenant, e.name);
        if named is null and strict then
            perform scim.refuse('SC400', format('Role not found: %s', e.name));
        end if;
        n := n + 1;
        if n = 1 then
            chosen := named;
        end if;
    end loop;
    return chosen;
end
$$;

-- What people are called where nobody says: as a client that sends no displayName gets it.
create function scim.display_name(doc jsonb) returns text
    language sql immutable parallel safe
    return coalesce(nullif(doc -> 'name' ->> 'formatted', ''),
                    nullif(concat_ws(' ', doc -> 'name' ->> 'givenName', doc -> 'name' ->> 'familyName'), ''),
                    doc ->> 'userName');

-- Whether a tenant may have something that few have, which no write has to look for otherwise: one of the letters of scim.traits(). What
-- authentication has not told is possible.
create function scim.concerns(trait text) returns boolean
    language sql stable
    return case coalesce(current_setting('scim.traits', true), '')
               when '' then true
               else strpos(current_setting('scim.traits'), trait) > 0
           end;

-- The one place where it is decided who may change what, and where the tenant's rules for accounts are applied. It runs
-- before keep_keys, by its name.
create function scim.apply_rules() returns trigger
    language plpgsql
as $$
declare
    by_token boolean := current_setting('scim.actor_kind', true) is not distinct from 'token';
    changed  boolean := tg_op = 'INSERT' or new.doc is distinct from old.doc;
    rules    record;
begin
    if new.source not in ('scim', 'local', 'application')
        or new.protected is not null and (new.protected not in ('main-contact', 'break-glass') or new.type <> 'User')
    then
        raise exception using errcode = '23514', message = format('source "%s" or protected "%s" is none', new.source, new.protected);
    end if;
    new.wire := new.deleted_at is null and new.source <> 'local';
    new.active := new.type <> 'User' or scim.is_active(new.doc, new.deleted_at);
    if tg_op = 'UPDATE' and by_token and (changed or (new.deleted_at is null) <> (old.deleted_at is null)) then
        if old.protected is not null then
            perform scim.refuse('SC403', format('The user "%s" is %s. Provisioning may not change it; an administrator can.',
                old.doc ->> 'userName',
                case old.protected when 'main-contact' then 'the main contact' else 'a break-glass account' end));
        end if;
        if old.source = 'application' and new.deleted_at is not null then
            perform scim.refuse('SC403', format('The group "%s" belongs to the application; its members may be changed, but it may not be deleted.',
                old.doc ->> 'displayName'));
        end if;
        if old.source = 'application' and scim.fold(new.doc ->> 'displayName') <> scim.fold(old.doc ->> 'displayName') then
            perform scim.refuse('SC40M', format('The group "%s" belongs to the application; its members may be changed, but not its name.',
                old.doc ->> 'displayName'));
        end if;
        if old.source = 'application' then
            -- Whatever else an identity provider keeps of it, such as an externalId, it may.
            new.doc := new.doc || jsonb_build_object('displayName', old.doc -> 'displayName');
            perform set_config('scim.same', '', true);
        end if;
    end if;
    if new.type <> 'User' or not changed or new.deleted_at is not null then
        return new;
    end if;
    if not scim.concerns('r') and not new.doc ? 'roles' then
        return new;
    end if;
    select t.user_name_email, t.derive_display_name, t.role_wins into rules from scim.tenant t where t.tenant = new.tenant;
    if rules.user_name_email and new.doc ->> 'userName' !~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$' then
        perform scim.refuse('SC400', format('userName: "%s" is no e-mail address, which this tenant asks for.', new.doc ->> 'userName'));
    end if;
    if rules.derive_display_name then
        new.doc := jsonb_set(new.doc, '{displayName}', to_jsonb(scim.display_name(new.doc)));
        perform set_config('scim.same', '', true);
    end if;
    if new.doc ? 'roles' and (tg_op = 'INSERT' or old.deleted_at is not null or rules.role_wins = 'sync' or old.source <> new.source) then
        -- Who has had an unknown role since before there were such rules may be changed otherwise.
        new.role := coalesce(scim.role_of(new.tenant, new.doc -> 'roles',
                                          tg_op = 'INSERT' or new.doc -> 'roles' is distinct from old.doc -> 'roles'), new.role);
    end if;
    return new;
end
$$;

update scim.resource r
   set role = scim.role_of(r.tenant, r.doc -> 'roles', false)
 where r.type = 'User' and r.doc ? 'roles';

create trigger apply_rules before insert or update on scim.resource
    for each row execute function scim.apply_rules();

-- --- audit: append-only, in the transaction of the change -----------------------------------------------------------------

-- No foreign key: it survives the tenant. `before` and `after` hold what has changed. `weight` is how many people may lose
-- access by it.
create sequence scim.audit_id;
create table scim.audit (
    tenant      text collate "C" not null,
    id          bigint not null default nextval('scim.audit_id'),
    at          timestamptz not null default now(),
    xid         xid8 not null default pg_current_xact_id(),
    actor_kind  text not null default coalesce(nullif(current_setting('scim.actor_kind', true), ''), 'database'),
    actor       text not null default coalesce(nullif(current_setting('scim.actor', true), ''), session_user),
    actor_key   text default nullif(current_setting('scim.actor_key', true), ''),
    request     text default nullif(current_setting('scim.request', true), ''),
    action      text not null,
    object_type text not null,
    object_id   text,
    object_name text,
    before      jsonb,
    after       jsonb,
    weight      int not null default 0,
    primary key (tenant, id)
);
create index audit_object on scim.audit (tenant, object_id, id);
create index audit_weight on scim.audit (tenant, at) where weight > 0;

-- Where the audit log begins to tell of this transaction (scim.noted), or before that. To be called where that is not known yet;
-- authentication says "-" where nobody will ask.
create function scim.mark() returns void
    language plpgsql
as $$
begin
    perform set_config('scim.noted', (select s.last_value::text from scim.audit_id s), true);
end
$$;

-- Writes one row of the audit log. The triggers below, which each write passes, do so by themselves: a call costs as much again.
create function scim.note(of_tenant text, action text, object_type text, object_id text, object_name text, before jsonb,
                          after jsonb, weight int default 0) returns void
    language plpgsql
as $$
begin
    if coalesce(current_setting('scim.noted', true), '') = '' then
        perform scim.mark();
    end if;
    insert into scim.audit (tenant, action, object_type, object_id, object_name, before, after, weight)
    values (of_tenant, action, object_type, object_id, object_name, before, after, weight);
end
$$;

-- The members of `one` that are not the same in `other`; null where there are none.
create function scim.differing(one jsonb, other jsonb) returns jsonb
    language plpgsql immutable parallel safe
as $$
begin
    return (select jsonb_object_agg(e.key, e.value) from jsonb_each(one) e where other -> e.key is distinct from e.value);
end
$$;

-- What the server keeps beside a document.
create function scim.facts(r scim.resource) returns jsonb
    language sql immutable
as $$
    select jsonb_strip_nulls(jsonb_build_object('source', r.source, 'role', r.role, 'flags', to_jsonb(r.flags), 'protected', r.protected))
$$;

create function scim.audit_json(a scim.audit) returns jsonb
    language sql stable
as $$
    select jsonb_build_object('id', a.id::text, 'at', to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                              'actorKind', a.actor_kind, 'actor', a.actor, 'actorKey', a.actor_key, 'request', a.request,
                              'action', a.action, 'objectType', a.object_type, 'objectId', a.object_id,
                              'objectName', a.object_name, 'before', a.before, 'after', a.after)
$$;

-- How many people are in these groups and in the groups in them.
create function scim.people_in(of_tenant text, group_ids uuid[]) returns int
    language plpgsql stable
as $$
begin
    return (with recursive down (group_id) as (
                select g.id from unnest(group_ids) g (id)
                 union
                select m.member_id
                  from down d
                  join scim.membership m on m.tenant = of_tenant and m.group_id = d.group_id and m.member_type = 'Group')
            select count(distinct m.member_id)
              from down d
              join scim.membership m on m.tenant = of_tenant and m.group_id = d.group_id and m.member_type = 'User');
end
$$;

-- An expression of plpgsql is made ready once in each transaction, which costs more than its work: there are few.

-- Of what comes and goes. Whoever is erased leaves nothing but the fact.
create function scim.audit_resource() returns trigger
    language plpgsql
as $$
begin
    if coalesce(current_setting('scim.noted', true), '') = '' then
        perform scim.mark();
    end if;
    if tg_op = 'INSERT' then
        insert into scim.audit (tenant, action, object_type, object_id, object_name, after)
        values (new.tenant, 'create', new.type, new.id::text,
                coalesce(new.doc ->> 'userName', new.doc ->> 'value', new.doc ->> 'displayName'), new.doc);
    else
        insert into scim.audit (tenant, action, object_type, object_id, weight)
        values (old.tenant, 'erase', old.type, old.id::text,
                case old.type when 'User' then old.active::int when 'Group' then scim.people_in(old.tenant, array[old.id]) else 0 end);
    end if;
    return null;
end
$$;

create trigger audit_resource after insert or delete on scim.resource
    for each row execute function scim.audit_resource();

-- Whoever writes a document that it has read before says which members of it are the same as before (scim.same): to find that out
-- here costs as much as all the rest.
create function scim.audit_change() returns trigger
    language plpgsql
as $$
declare
    same   text[] := nullif(current_setting('scim.same', true), '')::text[];
    action text := 'update';
    lost   int := (old.active and not new.active)::int;
    before jsonb;
    after  jsonb;
begin
    if same is not null then
        perform set_config('scim.same', '', true);
    end if;
    if new.type = 'Group' then
        perform set_config('scim.group', '', true); -- it may be called otherwise now
    end if;
    if (new.deleted_at is null) <> (old.deleted_at is null) or new.source <> old.source or new.role is distinct from old.role
        or new.flags is distinct from old.flags or new.protected is distinct from old.protected
    then
        action := case
                      when new.deleted_at is not null and old.deleted_at is null then 'delete'
                      when new.deleted_at is null and old.deleted_at is not null then 'restore'
                      when new.source = 'local' and old.source = 'scim' then 'unlink'
                      when new.source = 'scim' and old.source = 'local' then 'adopt'
                      else 'update'
                  end;
        before := scim.differing(old.doc || scim.facts(old), new.doc || scim.facts(new));
        after := scim.differing(new.doc || scim.facts(new), old.doc || scim.facts(old));
        if new.type = 'Group' and action = 'delete' then
            lost := scim.people_in(new.tenant, array[new.id]);
        end if;
    elsif new.doc is not distinct from old.doc then
        return null;
    elsif same is not null then
        before := nullif(old.doc - same, '{}');
        after := nullif(new.doc - same, '{}');
    else
        before := scim.differing(old.doc, new.doc);
        after := scim.differing(new.doc, old.doc);
    end if;
    if coalesce(current_setting('scim.noted', true), '') = '' then
        perform scim.mark();
    end if;
    insert into scim.audit (tenant, action, object_type, object_id, object_name, weight, before, after)
    values (new.tenant, action, new.type, new.id::text,
            coalesce(new.doc ->> 'userName', new.doc ->> 'value', new.doc ->> 'displayName'), lost, before, after);
    return null;
end
$$;

-- Not of a group's new version, which its memberships tell.
create trigger audit_change after update of doc, deleted_at, source, role, flags, protected on scim.resource
    for each row execute function scim.audit_change();

-- What a group is called: as who changes its members has read (scim.group: id and name), or as it is stored.
create function scim.stored_name(of_tenant text, group_id uuid) returns text
    language plpgsql stable
as $$
begin
    return (select r.doc ->> 'displayName' from scim.resource r where r.tenant = of_tenant and r.id = group_id);
end
$$;
create function scim.group_name(of_tenant text, group_id uuid) returns text
    language sql stable
    return case
               when starts_with(current_setting('scim.group', true), group_id::text) then substr(current_setting('scim.group'), 37)
               else scim.stored_name(of_tenant, group_id)
           end;

-- One row for each group that a statement has changed the members of. Whoever is deleted, and for that leaves, weighs by that.
create function scim.audit_members() returns trigger
    language plpgsql
as $$
declare
    protected text;
    leaves    boolean;
begin
    if coalesce(current_setting('scim.noted', true), '') = '' then
        perform scim.mark();
    end if;
    if tg_op = 'INSERT' then
        insert into scim.audit (tenant, action, object_type, object_id, object_name, after)
        select g.tenant, 'add-members', 'Group', g.group_id::text,
               scim.group_name(g.tenant, g.group_id), g.list
          from (select m.tenant, m.group_id, jsonb_build_object('members', jsonb_agg(m.member_id)) as list
                  from (select c.* from changed c order by c.tenant, c.group_id, c.member_id) m
                 group by m.tenant, m.group_id) g;
        return null;
    end if;
    if scim.concerns('p') and current_setting('scim.actor_kind', true) is not distinct from 'token' then
        select p.doc ->> 'userName' into protected
          from scim.resource p
         where p.tenant = current_setting('scim.tenant', true) and p.protected is not null and p.deleted_at is null
           and p.id in (select m.member_id from changed m)
         order by p.id
         limit 1;
        if found then
            perform scim.refuse('SC403', format('members: the user "%s" is protected. Provisioning may not take it out of a group; an administrator can.',
                protected));
        end if;
    end if;
    leaves := coalesce(current_setting('scim.leaves', true), '') <> '';
    if leaves then
        perform set_config('scim.leaves', '', true);
    end if;
    insert into scim.audit (tenant, action, object_type, object_id, object_name, before, weight)
    select g.tenant, 'remove-members', 'Group', g.group_id::text,
           scim.group_name(g.tenant, g.group_id), g.list,
           case when leaves then 0 else g.users + case when g.groups is null then 0 else scim.people_in(g.tenant, g.groups) end end
      from (select m.tenant, m.group_id, jsonb_build_object('members', jsonb_agg(m.member_id)) as list,
                   count(*) filter (where m.member_type = 'User') as users,
                   array_agg(m.member_id) filter (where m.member_type = 'Group') as groups
              from (select c.* from changed c order by c.tenant, c.group_id, c.member_id) m
             group by m.tenant, m.group_id) g;
    return null;
end
$$;

create trigger audit_members_added after insert on scim.membership referencing new table as changed
    for each statement execute function scim.audit_members();
create trigger audit_members_removed after delete on scim.membership referencing old table as changed
    for each statement execute function scim.audit_members();

-- The tally counts what is on the wire.
create or replace function scim.keep_tally() returns trigger
    language plpgsql
as $$
begin
    insert into scim.tally (tenant, type, n)
    values (coalesce(new.tenant, old.tenant), coalesce(new.type, old.type),
            (new.id is not null and new.wire)::int - (old.id is not null and old.wire)::int);
    if random() < 0.01 then
        perform scim.fold_tally(coalesce(new.tenant, old.tenant));
    end if;
    return null;
end
$$;

-- The ids of 500 members of a group after one, in their order. By its index, whatever the statistics say of groups: this forbids to sort
-- all members of a large one for each 500 of them.
create function scim.member_ids(of_tenant text, of_group uuid, after uuid) returns uuid[]
    language plpgsql stable set enable_sort = off
as $$
begin
    return array(select m.member_id
                   from scim.membership m
                  where m.tenant = of_tenant and m.group_id = of_group and m.member_id > after
                  order by m.member_id limit 500);
end
$$;

create or replace function scim.all_groups(of_tenant text, of_user uuid) returns text[]
    language plpgsql stable
as $$
begin
    -- Sorted within the aggregate: lists are planned with sorting forbidden, and the order of an index would be that of the tenant.
    return coalesce((with recursive up (group_id, direct) as (
                select m.group_id, true
                  from scim.membership m
                 where m.tenant = of_tenant and m.member_id = of_user
                 union
                select m.group_id, false
                  from up
                  join scim.resource g on g.tenant = of_tenant and g.id = up.group_id and g.wire
                  join scim.membership m on m.tenant = of_tenant and m.member_id = up.group_id)
            select array_agg(concat(case when not u.direct then 'i' end, g.id, g.doc ->> 'displayName') order by g.id)
              from (select group_id, bool_or(direct) as direct from up group by group_id) u
              join scim.resource g on g.tenant = of_tenant and g.id = u.group_id and g.wire), '{}');
end
$$;

-- --- what administrators' operations share -----------------------------------------------------------------------------------

-- A time as JSON has it.
create function scim.time_text(at timestamptz) returns text
    language sql stable parallel safe
    return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

-- Refuses an administrator's operation: `field` is the argument that is wrong, null where it is none.
create function scim.fail(code text, field text, message text) returns void
    language plpgsql
as $$
begin
    raise exception using errcode = code, message = message, column = coalesce(field, '');
end
$$;

-- Names of columns and of JSON members: display_name and displayName.
create function scim.camel(name text) returns text
    language sql immutable parallel safe
    return lower(left(name, 1)) || substr(replace(initcap(replace(name, '_', ' ')), ' ', ''), 2);
create function scim.snake(name text) returns text
    language sql immutable parallel safe
    return lower(regexp_replace(name, '([A-Z])', '_\1', 'g'));

-- The version of a representation, as ETag has it.
create function scim.etag(representation jsonb) returns text
    language sql immutable parallel safe
    return left(encode(sha256(convert_to(representation::text, 'UTF8')), 'hex'), 32);

-- Refuses a change that is for another version than this one.
create function scim.must_match(representation jsonb) returns void
    language plpgsql
as $$
declare
    wanted text := nullif(current_setting('scim.if_match', true), '');
begin
    if wanted is not null and wanted <> '*' and scim.etag(representation) <> all (string_to_array(wanted, ',')) then
        perform scim.fail('SC412', null, 'It was changed meanwhile. Read it again, and make your change to what is there now.');
    end if;
end
$$;

-- How many rows a list shows at the most.
create function scim.most(args jsonb) returns int
    language sql immutable parallel safe
    return coalesce((args ->> 'limit')::int, 50);

-- The answer of a list, of as many pairs [where the page after it goes on, item] as there are, one more than it shows at the most.
create function scim.paged(pairs jsonb, most int) returns jsonb
    language sql immutable parallel safe
    return jsonb_build_object(
        'items', coalesce((select jsonb_agg(p.value -> 1 order by p.ordinality)
                             from jsonb_array_elements(pairs) with ordinality p where p.ordinality <= most), '[]'),
        'next', case when jsonb_array_length(pairs) > most then pairs -> (most - 1) -> 0 end);

-- Whether one of these texts has what is looked for in it, whatever the case; always where nothing is looked for.
create function scim.has(q text, variadic texts text[]) returns boolean
    language sql immutable parallel safe
    return q is null or exists (select from unnest(texts) t (x) where position(scim.fold(q) in scim.fold(t.x)) > 0);

-- --- the audit log, as it is shown -----------------------------------------------------------------------------------------

-- Whether a list's arguments ask for a row.
create function scim.audit_wanted(a scim.audit, args jsonb) returns boolean
    language sql stable
as $$
    select (args ->> 'actor' is null or a.actor = args ->> 'actor')
       and (args ->> 'action' is null or a.action = args ->> 'action')
       and (args ->> 'since' is null or a.at >= (args ->> 'since')::timestamptz)
       and (args ->> 'until' is null or a.at < (args ->> 'until')::timestamptz)
       and scim.has(args ->> 'q', a.object_name, a.actor, a.object_id)
$$;

-- A part of the audit log, newest first: each way to it by the index that has it in this order, so nothing is sorted, whatever the
-- statistics say.
create function scim.audit_page(of_tenant text, args jsonb) returns setof scim.audit
    language plpgsql stable set enable_sort = off
as $$
declare
    place  bigint := coalesce((args ->> 'after')::bigint, 9223372036854775807);
    object text := args ->> 'objectId';
begin
    if object is not null then
        return query
            select a.*
              from scim.audit a
             where a.tenant = of_tenant and a.object_id = object and a.id < place and scim.audit_wanted(a, args)
             order by a.id desc
             limit scim.most(args) + 1;
    else
        return query
            select a.*
              from scim.audit a
             where a.tenant = of_tenant and a.id < place and scim.audit_wanted(a, args)
             order by a.id desc
             limit scim.most(args) + 1;
    end if;
end
$$;

-- --- roles ----------------------------------------------------------------------------------------------------------------------

create index resource_role on scim.resource (tenant, role) where role is not null;

create function scim.role_json(r scim.resource) returns jsonb
    language sql stable
as $$
    select jsonb_build_object('role', r.doc ->> 'value', 'displayName', r.doc ->> 'display', 'builtIn', r.doc ->> 'type' = 'built-in',
                              'created', scim.time_text(r.created), 'id', r.id)
$$;

-- The role that is called so, or a refusal.
create function scim.the_role(of_tenant text, name text) returns scim.resource
    language plpgsql stable
as $$
declare
    r scim.resource;
begin
    select x.* into r
      from scim.resource x
     where x.tenant = of_tenant and x.type = 'Role' and x.wire and x.doc ->> 'value' = scim.find_role(of_tenant, name);
    if not found then
        perform scim.fail('SC404', 'role', format('There is no role "%s".', name));
    end if;
    return r;
end
$$;

create function scim.admin_role_add(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
begin
    if scim.find_role(of_tenant, args ->> 'role') is not null then
        perform scim.fail('SC409', 'role', format('There is a role "%s" already.', scim.find_role(of_tenant, args ->> 'role')));
    end if;
    perform scim.add_role(of_tenant, args ->> 'role', coalesce(args ->> 'displayName', args ->> 'role'), 'custom', 0);
    return scim.role_json(scim.the_role(of_tenant, args ->> 'role'));
end
$$;

-- The role that is called so, which nobody else changes from then on, in the version that the change is for.
create function scim.hold_role(of_tenant text, name text) returns scim.resource
    language plpgsql
as $$
declare
    r scim.resource := scim.the_role(of_tenant, name);
begin
    select x.* into r from scim.resource x where x.tenant = of_tenant and x.id = r.id and x.wire for update;
    if not found then
        perform scim.fail('SC404', 'role', format('There is no role "%s".', name));
    end if;
    perform scim.must_match(scim.role_json(r));
    return r;
end
$$;

create function scim.admin_role_set(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    r scim.resource := scim.hold_role(of_tenant, args ->> 'role');
begin
    update scim.resource x
       set doc = x.doc || jsonb_build_object('display', args ->> 'displayName', 'displayName', args ->> 'displayName'),
           version = x.version + 1, last_modified = now()
     where x.tenant = of_tenant and x.id = r.id
    returning x.* into r;
    return scim.role_json(r);
end
$$;

create function scim.admin_role_remove(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
declare
    r scim.resource := scim.hold_role(of_tenant, args ->> 'role');
begin
    if r.doc ->> 'type' = 'built-in' then
        perform scim.fail('SC409', 'role', format('The role "%s" is built in and stays.', r.doc ->> 'value'));
    end if;
    if exists (select from scim.tenant t where t.tenant = of_tenant and t.default_role = r.doc ->> 'value') then
        perform scim.fail('SC409', 'role', format('The role "%s" is the tenant''s default; choose another default first.', r.doc ->> 'value'));
    end if;
    if exists (select from scim.resource u where u.tenant = of_tenant and u.role = r.doc ->> 'value' and u.deleted_at is null) then
        perform scim.fail('SC409', 'role', format('The role "%s" is in use; give its users another role first.', r.doc ->> 'value'));
    end if;
    update scim.resource x set deleted_at = now(), version = x.version + 1, last_modified = now()
     where x.tenant = of_tenant and x.id = r.id;
end
$$;

-- --- who may touch what -----------------------------------------------------------------------------------------------------------

-- The wall for administrators, for a table that has a tenant; `privileges` is what their role may do with it.
create function scim.let_manage(relation text, privileges text) returns void
    language plpgsql
as $$
begin
    execute format('alter table scim.%I enable row level security', relation);
    execute format('alter table scim.%I force row level security', relation);
    execute format('create policy manage on scim.%I to scim_manage using (coalesce(current_setting(''scim.tenant'', true) in (tenant, ''*''), false))', relation);
    execute format('grant %s on scim.%I to scim_manage', privileges, relation);
end
$$;

select scim.let_manage(t, 'select, insert, update, delete')
  from unnest(array ['tenant', 'token', 'resource', 'lookup', 'membership']) t;
select scim.let_manage('tally', 'select, insert');
select scim.let_manage('audit', 'select, insert');
grant select on scim.migration, scim.indexed to scim_manage;
grant execute on function scim.fold_tally, scim.add_role, scim.new_id to scim_manage;

create policy web on scim.audit to scim_web using (coalesce(tenant = current_setting('scim.tenant', true), false));
create policy owner on scim.audit to scim_owner using (true);
grant select, insert on scim.audit to scim_web;
grant usage, select on sequence scim.audit_id to scim_web, scim_manage;
-- Real erasure (row U4).
grant delete on scim.resource to scim_web;

reset role;
