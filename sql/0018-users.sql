-- Who may take what from whom: protected users in groups, roles that are withdrawn, names that are derived; projects in whatever case; and
-- users found by more of their names.

set local role scim_owner;

-- --- who may change what --------------------------------------------------------------------------------------------------------

-- As it was, but that a group in which a protected user is stays, that a role which is withdrawn is the user's no longer, and that
-- what is refused of userName names it.
create or replace function scim.apply_rules() returns trigger
    language plpgsql
as $$
declare
    by_token boolean := current_setting('scim.actor_kind', true) is not distinct from 'token';
    changed  boolean := tg_op = 'INSERT' or new.doc is distinct from old.doc;
    rules    record;
    who      text;
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
        if new.deleted_at is not null then
            if old.source = 'application' then
                perform scim.refuse('SC403', format('The group "%s" belongs to the application; its members may be changed, but it may not be deleted.',
                    old.doc ->> 'displayName'));
            elsif new.type = 'Group' and scim.concerns('p') then
                who := scim.protected_in(new.tenant, array [new.id]);
                if who is not null then
                    perform scim.refuse('SC403', format('The user "%s", who is in the group "%s", is protected. Provisioning may not delete the group; '
                        'an administrator can unlink it.', who, old.doc ->> 'displayName'));
                end if;
            end if;
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
    if not scim.concerns('r') and not new.doc ? 'roles' and (old.doc ? 'roles') is not true then
        return new;
    end if;
    select t.user_name_email, t.derive_display_name, t.role_wins into rules from scim.tenant t where t.tenant = new.tenant;
    if rules.user_name_email and new.doc ->> 'userName' !~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$' then
        perform scim.fail('SC400', 'userName', format('userName: "%s" is no e-mail address, which this tenant asks for.', new.doc ->> 'userName'));
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
    -- What was sent and is sent no longer is withdrawn; what an administrator has set instead of it is not.
    if by_token and rules.role_wins = 'sync' and old.doc ? 'roles' and old.source = new.source and new.role = old.role
        and scim.role_of(new.tenant, new.doc -> 'roles', false) is null
        and scim.role_of(new.tenant, old.doc -> 'roles', false) = new.role
    then
        new.role := null;
    end if;
    return new;
end
$$;

-- --- what is locked ---------------------------------------------------------------------------------------------------------------

create function scim.derives_name(of_tenant text) returns boolean
    language sql stable
    return coalesce((select t.derive_display_name from scim.tenant t where t.tenant = of_tenant), false);

-- What administrators do not change of a user: what the identity provider does, and what is made of other names.
create or replace function scim.locked_fields(r scim.resource) returns jsonb
    language sql stable
as $$
    select case
               when r.source = 'scim'
                   then '["userName", "displayName", "givenName", "familyName", "email", "phone", "active"]'::jsonb
               when scim.derives_name(r.tenant) then '["displayName"]'::jsonb
               else '[]'::jsonb
           end
$$;

create function scim.must_not_derive(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
begin
    if args ? 'displayName' and scim.derives_name(of_tenant) then
        perform scim.fail('SC400', 'displayName', 'displayName: is made of the name in this tenant; set givenName and familyName.');
    end if;
end
$$;

create or replace function scim.must_be_local(r scim.resource, args jsonb) returns void
    language plpgsql
as $$
declare
    fields text;
begin
    if r.source <> 'scim' then
        perform scim.must_not_derive(r.tenant, args);
        return;
    end if;
    select string_agg(f, ',' order by f) into fields
      from jsonb_array_elements_text(scim.locked_fields(r)) f
     where args ? f;
    if fields is not null then
        perform scim.fail('SC403', fields, 'managed by provisioning; change it in your identity provider');
    end if;
end
$$;

create or replace function scim.admin_user_add(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    r scim.resource;
begin
    perform scim.must_be_free(of_tenant, args ->> 'userName', null);
    perform scim.must_not_derive(of_tenant, args);
    insert into scim.resource as x (tenant, id, type, source, role, flags, doc)
    values (of_tenant, scim.new_id(clock_timestamp()), 'User', 'local', scim.role_named(of_tenant, args ->> 'role'),
            scim.flags_of(of_tenant, coalesce(args -> 'flags', '[]')),
            scim.account_doc('{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "active": true}', args))
    returning x.* into r;
    -- As it is after the triggers that come later.
    return scim.user_json(scim.the_user(of_tenant, r.id::text));
end
$$;

-- --- who goes first ---------------------------------------------------------------------------------------------------------

-- The tenant before its users, as whoever switches it off does: what is marked here is spread to its tokens.
create or replace function scim.admin_user_protect(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    r       scim.resource;
    contact text;
begin
    perform scim.the_tenant(of_tenant);
    r := scim.hold_user(of_tenant, args ->> 'user');
    perform scim.must_match(scim.user_json(r));
    perform scim.must_be_there(r);
    if args ->> 'kind' = 'main-contact' then
        select x.doc ->> 'userName' into contact
          from scim.resource x
         where x.tenant = of_tenant and x.protected = 'main-contact' and x.deleted_at is null and x.id <> r.id;
        if found then
            perform scim.fail('SC409', 'kind', format('The main contact is "%s"; unprotect that account first.', contact));
        end if;
    end if;
    if r.protected is null then
        perform scim.pin_access(of_tenant, r.id);
    end if;
    update scim.resource x set protected = args ->> 'kind' where x.tenant = of_tenant and x.id = r.id returning x.* into r;
    return scim.user_json(r);
end
$$;

create or replace function scim.admin_user_unprotect(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    r scim.resource;
begin
    perform scim.the_tenant(of_tenant);
    r := scim.hold_user(of_tenant, args ->> 'user');
    perform scim.must_match(scim.user_json(r));
    if r.protected is null then
        perform scim.fail('SC409', 'user', format('The user "%s" is not protected.', r.doc ->> 'userName'));
    end if;
    update scim.resource x set protected = null where x.tenant = of_tenant and x.id = r.id returning x.* into r;
    return scim.user_json(r);
end
$$;

-- A role, which stays until this is committed; null where there is none any more.
create function scim.keep_role(of_tenant text, of_role text) returns text
    language plpgsql
as $$
begin
    perform from scim.resource r where r.tenant = of_tenant and r.type = 'Role' and r.wire and r.doc ->> 'value' = of_role for key share;
    return case when found then of_role end;
end
$$;

-- As it was, but that the role stays.
create or replace function scim.role_named(of_tenant text, name text) returns text
    language plpgsql
as $$
declare
    found_role text := scim.keep_role(of_tenant, scim.find_role(of_tenant, name));
begin
    if name is not null and found_role is null then
        perform scim.fail('SC400', 'role', format('Role not found: %s', name));
    end if;
    return found_role;
end
$$;

-- The same.
create or replace function scim.set_template(t scim.template, args jsonb) returns scim.template
    language plpgsql
as $$
begin
    if args ? 'name' then
        t.name := args ->> 'name';
        t.name_key := scim.fold(t.name);
    end if;
    t.priority := coalesce((args ->> 'priority')::int, t.priority);
    if args ? 'condition' then
        t.condition := args ->> 'condition';
        t.condition_sql := args ->> 'conditionSql';
        t.condition_params := case when t.condition is not null
                                   then array(select p from jsonb_array_elements_text(args -> 'conditionParams') with ordinality x (p, n) order by n) end;
    end if;
    if args ? 'role' then
        t.role := scim.role_named(t.tenant, args ->> 'role');
    end if;
    if args ? 'groups' then
        t.groups := scim.template_groups(t.tenant, scim.list_of(args -> 'groups'));
    end if;
    if args ? 'subscriptions' then
        t.subscriptions := scim.template_subscriptions(t.tenant, scim.list_of(args -> 'subscriptions'));
    end if;
    if args ? 'flags' then
        t.flags := case when scim.list_of(args -> 'flags') = '[]' then '{}' else coalesce(scim.flags_of(t.tenant, args -> 'flags'), '{}') end;
    end if;
    return t;
end
$$;

-- The same of the default role.
create or replace function scim.set_tenant(of_tenant text, args jsonb) returns scim.tenant
    language plpgsql
as $$
declare
    t       scim.tenant;
    targets text;
    sources text;
    given   jsonb;
begin
    select string_agg(format('%I', a.attname), ', '), string_agg(format('x.%I', a.attname), ', '), jsonb_object_agg(a.attname, e.value)
      into targets, sources, given
      from jsonb_each(args) e
      join pg_attribute a on a.attrelid = 'scim.tenant'::regclass and a.attname = scim.snake(e.key)
     where a.attname not in ('tenant', 'created', 'enabled') and a.attnum > 0
       and col_description(a.attrelid, a.attnum) is distinct from 'internal';
    if given ? 'default_role' then
        given := given || jsonb_build_object('default_role', scim.keep_role(of_tenant, scim.find_role(of_tenant, given ->> 'default_role')));
        if given ->> 'default_role' is null then
            perform scim.fail('SC400', 'defaultRole', format('Role not found: %s', args ->> 'defaultRole'));
        end if;
    end if;
    if given is null then
        return scim.the_tenant(of_tenant);
    end if;
    execute format('update scim.tenant t set (%s) = (select %s from jsonb_populate_record(t, $2) x) where t.tenant = $1 returning t.*',
                   targets, sources)
       into t using of_tenant, given;
    return t;
end
$$;

-- --- merging ----------------------------------------------------------------------------------------------------------------------

-- Memberships, flags, links, grants and the first login go from one user to the other.
create or replace function scim.carry_over(r scim.resource, survivor scim.resource) returns void
    language plpgsql
as $$
begin
    with joined as (
        insert into scim.membership (tenant, group_id, member_id, member_type)
        select m.tenant, m.group_id, survivor.id, 'User' from scim.membership m where m.tenant = r.tenant and m.member_id = r.id
            on conflict do nothing
        returning group_id
    )
    update scim.resource g
       set version = g.version + 1, last_modified = now()
     where g.tenant = r.tenant and g.id in (select group_id from joined);
    update scim.link l set user_id = survivor.id where l.tenant = r.tenant and l.user_id = r.id;
    update scim.access_grant g
       set user_id = survivor.id
     where g.tenant = r.tenant and g.user_id = r.id
       and not exists (select from scim.access_grant h
                        where h.tenant = r.tenant and h.user_id = survivor.id and h.subscription_id = g.subscription_id
                          and h.source = g.source);
    -- Who has logged in before does not log in for the first time again.
    insert into scim.first_login (tenant, user_id, at)
    select f.tenant, survivor.id, f.at from scim.first_login f where f.tenant = r.tenant and f.user_id = r.id
        on conflict do nothing;
    if r.flags is not null then
        update scim.resource x
           set flags = array(select distinct f from unnest(x.flags || r.flags) f order by f), version = x.version + 1, last_modified = now()
         where x.tenant = r.tenant and x.id = survivor.id and not r.flags <@ coalesce(x.flags, '{}');
    end if;
end
$$;

-- --- projects ---------------------------------------------------------------------------------------------------------------------

-- A project is the same whatever the case of its name: as the groups that it has write it, but for those of `but`, which is going to
-- be called so; else as it is given.
create function scim.project_spelling(of_tenant text, given text, but text) returns text
    language sql stable
    return coalesce((select a.project
                       from scim.application_group a
                      where a.tenant = of_tenant and a.kind = 'project' and scim.fold(a.project) = scim.fold(given)
                        and scim.fold(a.project) is distinct from scim.fold(but)
                      order by a.group_id
                      limit 1), given);

create or replace function scim.admin_group_add(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    line  text := scim.project_spelling(of_tenant, args ->> 'project', null);
    name  text := coalesce(args ->> 'displayName', scim.project_name(line, args ->> 'access'));
    field text := case when args ? 'displayName' then 'displayName' else 'access' end;
    r     scim.resource;
begin
    perform scim.check_group_args(args);
    perform scim.must_be_free_group(of_tenant, name, field, null);
    insert into scim.resource as x (tenant, id, type, source, doc)
    values (of_tenant, scim.new_id(clock_timestamp()), 'Group', case when args ->> 'kind' is null then 'local' else 'application' end,
            jsonb_build_object('schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:Group'), 'displayName', name))
        on conflict do nothing
    returning x.* into r;
    if not found then
        -- Another one made it at the same time.
        perform scim.fail('SC409', field, format('There is a group "%s" already; choose another name.', name));
    end if;
    if args ->> 'kind' is not null then
        insert into scim.application_group (tenant, group_id, kind, project, access)
        values (of_tenant, r.id, args ->> 'kind', line, args ->> 'access');
    end if;
    return scim.group_json(r);
end
$$;

create or replace function scim.rename_project(of_tenant text, a scim.application_group, new_project text, new_access text) returns void
    language plpgsql
as $$
declare
    line  text := scim.project_spelling(of_tenant, new_project, a.project);
    other scim.application_group;
begin
    for other in select x.* from scim.application_group x where x.tenant = of_tenant and scim.fold(x.project) = scim.fold(a.project) order by x.group_id loop
        if other.group_id = a.group_id or new_project is not null then
            perform scim.rename_group(of_tenant, other.group_id,
                scim.project_name(coalesce(line, other.project),
                                  case when other.group_id = a.group_id then coalesce(new_access, other.access) else other.access end),
                case when new_project is not null then 'project' else 'access' end);
        end if;
    end loop;
    update scim.application_group x
       set project = coalesce(line, x.project),
           access = case when x.group_id = a.group_id then coalesce(new_access, x.access) else x.access end
     where x.tenant = of_tenant and scim.fold(x.project) = scim.fold(a.project);
end
$$;

-- --- what deleted users have ---------------------------------------------------------------------------------------------------

-- Who is deleted keeps no role and no flag from going, and does not come back with one that is there no more.
create or replace function scim.admin_role_remove(of_tenant text, args jsonb) returns void
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
    update scim.resource u set role = null
     where u.tenant = of_tenant and u.role = r.doc ->> 'value' and u.deleted_at is not null;
    update scim.resource x set deleted_at = now(), version = x.version + 1, last_modified = now()
     where x.tenant = of_tenant and x.id = r.id;
end
$$;

create or replace function scim.admin_flag_remove(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
declare
    f scim.flag := scim.the_flag(of_tenant, args ->> 'flag');
begin
    perform scim.must_match(scim.flag_json(f));
    if exists (select from scim.resource r
                where r.tenant = of_tenant and r.flags is not null and r.deleted_at is null and f.name = any (r.flags)) then
        perform scim.fail('SC409', 'flag', format('The flag "%s" is in use; take it from the accounts that have it first.', f.name));
    end if;
    update scim.resource u set flags = nullif(array_remove(u.flags, f.name), '{}')
     where u.tenant = of_tenant and u.flags is not null and u.deleted_at is not null and f.name = any (u.flags);
    delete from scim.flag x where x.tenant = of_tenant and x.name_key = f.name_key;
    perform scim.note(of_tenant, 'delete', 'Flag', f.name, f.name, scim.flag_json(f), null);
end
$$;

-- --- search -----------------------------------------------------------------------------------------------------------------------

-- Users whose userName, displayName, given or family name, or e-mail address starts so, or whose id or externalId this is.
create or replace function scim.search_users(of_tenant text, q text) returns uuid[]
    language plpgsql stable
as $$
declare
    low  text := left(scim.fold(q), 256);
    -- Nothing that starts so is beyond it: the last character of all.
    high text := low || U&'\+10FFFF';
begin
    return array(
        (select r.id from scim.resource r
          where r.tenant = of_tenant and r.user_name_key >= low and r.user_name_key < high
          order by r.user_name_key limit scim.search_most())
         union
        (select r.id from scim.resource r
          where r.tenant = of_tenant and r.former_name_key >= low and r.former_name_key < high
          order by r.former_name_key limit scim.search_most())
         union
        (select r.id from scim.resource r
          where r.tenant = of_tenant and r.display_name_key >= low and r.display_name_key < high and r.type = 'User'
          order by r.display_name_key limit scim.search_most())
         union
        (select r.id from scim.resource r
          where r.tenant = of_tenant and r.family_name_key >= low and r.family_name_key < high
          order by r.family_name_key limit scim.search_most())
         union
        (select r.id from scim.resource r
          where r.tenant = of_tenant and r.given_name_key >= low and r.given_name_key < high
          order by r.given_name_key limit scim.search_most())
         union
        (select l.resource_id from scim.lookup l
          where l.tenant = of_tenant and l.attribute = scim.email_attribute() and l.key >= low and l.key < high
          order by l.key limit scim.search_most())
         union
        (select r.id from scim.resource r
          where r.tenant = of_tenant and r.external_id = q and r.type = 'User'
          limit scim.search_most())
         union
        select r.id from scim.resource r where r.tenant = of_tenant and r.id = scim.uuid_of(q));
end
$$;

reset role;
