-- Groups: what administrators see and do of them, those of the application, and templates for new accounts.
--
-- A group's name is unique in its tenant, whatever its source: groups that the identity provider does not see keep their names
-- from it too. An administrator can rename those.

set local role scim_owner;

-- --- groups of the application -------------------------------------------------------------------------------------------------

-- A profile is a group; a project is one group for each level of access, called "Project (Access)". Their members are changed by
-- the identity provider and by administrators; names are the administrators' alone.
create table scim.application_group (
    tenant   text collate "C" not null,
    group_id uuid not null,
    kind     text not null check (kind in ('profile', 'project')),
    project  text,
    access   text,
    primary key (tenant, group_id),
    check ((kind = 'project') = (project is not null and access is not null))
);
create index application_group_project on scim.application_group (tenant, project) where project is not null;
select scim.let_manage('application_group', 'select, insert, update, delete');
create policy owner on scim.application_group to scim_owner using (true);

create function scim.drop_application_group() returns trigger
    language plpgsql security definer set search_path = pg_catalog
as $$
begin
    delete from scim.application_group a where a.tenant = old.tenant and a.group_id = old.id;
    return null;
end
$$;
create trigger drop_application_group after delete on scim.resource
    for each row when (old.source = 'application') execute function scim.drop_application_group();

-- --- what a group looks like ---------------------------------------------------------------------------------------------------

create function scim.group_row(r scim.resource) returns jsonb
    language sql stable
as $$
    select jsonb_build_object(
                       'id', r.id, 'displayName', r.doc ->> 'displayName', 'source', r.source, 'kind', a.kind, 'project', a.project,
                       'access', a.access, 'externalId', r.doc ->> 'externalId', 'created', scim.time_text(r.created),
                       'lastModified', scim.time_text(r.last_modified), 'archivedAt', scim.time_text(r.deleted_at))
              from (select) one
              left join scim.application_group a on a.tenant = r.tenant and a.group_id = r.id
$$;

create function scim.group_json(r scim.resource) returns jsonb
    language sql stable
as $$
    select scim.group_row(r) || jsonb_build_object(
        'members', (select count(*) from scim.membership m where m.tenant = r.tenant and m.group_id = r.id),
        'locked', case r.source when 'scim' then '["displayName", "members"]'::jsonb else '[]'::jsonb end)
$$;

-- The group of an id; else the one that is called so; else the last that was before it was archived.
create function scim.find_group(of_tenant text, name text) returns uuid
    language sql stable
    begin atomic
        select coalesce(
            (select r.id from scim.resource r
              where name ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' and r.tenant = of_tenant
                and r.id = (case when name ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then name end)::uuid and r.type = 'Group'),
            (select r.id from scim.resource r where r.tenant = of_tenant and r.group_name_key = scim.fold(name)),
            (select r.id from scim.resource r
              where r.tenant = of_tenant and r.display_name_key = scim.fold(name) and r.type = 'Group' and r.deleted_at is not null
              order by r.deleted_at desc
              limit 1));
    end;

create function scim.the_group(of_tenant text, name text) returns scim.resource
    language plpgsql stable
as $$
declare
    r scim.resource;
begin
    select x.* into r from scim.resource x where x.tenant = of_tenant and x.id = scim.find_group(of_tenant, name);
    if not found then
        perform scim.fail('SC404', 'group', format('There is no group "%s".', name));
    end if;
    return r;
end
$$;

-- The same, which nobody else changes from then on, in the version that the change is for.
create function scim.hold_group(of_tenant text, name text) returns scim.resource
    language plpgsql
as $$
declare
    r scim.resource;
begin
    select x.* into r from scim.resource x where x.tenant = of_tenant and x.id = scim.find_group(of_tenant, name) for update;
    if not found then
        perform scim.fail('SC404', 'group', format('There is no group "%s".', name));
    end if;
    perform scim.must_match(scim.group_json(r));
    return r;
end
$$;

-- Refuses what only the identity provider may do, and what cannot be done with what is archived.
create function scim.must_be_ours(r scim.resource) returns void
    language plpgsql
as $$
begin
    if r.deleted_at is not null then
        perform scim.fail('SC409', 'group', format('The group "%s" is archived; restore it first.', r.doc ->> 'displayName'));
    end if;
    if r.source = 'scim' then
        perform scim.fail('SC403', 'group', format('The group "%s" is managed by provisioning; change it in your identity provider.',
            r.doc ->> 'displayName'));
    end if;
end
$$;

-- Refuses a name that another group has.
create function scim.must_be_free_group(of_tenant text, name text, field text, but uuid) returns void
    language plpgsql
as $$
declare
    r scim.resource;
begin
    select x.* into r
      from scim.resource x
     where x.tenant = of_tenant and x.group_name_key = scim.fold(name) and x.id is distinct from but;
    if found then
        perform scim.fail('SC409', field, format('There is a group "%s" already%s; choose another name.', r.doc ->> 'displayName',
            case r.source when 'scim' then ', managed by provisioning' when 'application' then ', of the application' else '' end));
    end if;
end
$$;

-- --- making, naming and archiving groups -----------------------------------------------------------------------------------------

create function scim.project_name(project text, access text) returns text
    language sql immutable parallel safe
    return project || ' (' || access || ')';

-- Which arguments a kind of group takes.
create function scim.check_group_args(args jsonb) returns void
    language plpgsql
as $$
declare
    project boolean := args ->> 'kind' is not distinct from 'project';
    field   text;
begin
    foreach field in array case when project then array ['project', 'access'] else array ['displayName'] end loop
        if args ->> field is null then
            perform scim.fail('SC400', field, field || ': is missing.');
        end if;
    end loop;
    foreach field in array case when project then array ['displayName'] else array ['project', 'access'] end loop
        if args ? field then
            perform scim.fail('SC400', field, case field
                when 'displayName' then 'displayName: is made of project and access; leave it out.'
                else format('%s: only a group of the kind "project" has it; leave it out.', field) end);
        end if;
    end loop;
end
$$;

create function scim.admin_group_add(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    name  text := coalesce(args ->> 'displayName', scim.project_name(args ->> 'project', args ->> 'access'));
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
        values (of_tenant, r.id, args ->> 'kind', args ->> 'project', args ->> 'access');
    end if;
    return scim.group_json(r);
end
$$;

create function scim.rename_group(of_tenant text, of_group uuid, name text, field text) returns void
    language plpgsql
as $$
begin
    perform scim.must_be_free_group(of_tenant, name, field, of_group);
    update scim.resource x
       set doc = x.doc || jsonb_build_object('displayName', name), version = x.version + 1, last_modified = now()
     where x.tenant = of_tenant and x.id = of_group and x.doc ->> 'displayName' <> name;
exception
    when unique_violation then
        perform scim.fail('SC409', field, format('There is a group "%s" already; choose another name.', name));
end
$$;

-- A project is renamed in all its groups, archived ones too; a level of access in one.
create function scim.rename_project(of_tenant text, a scim.application_group, new_project text, new_access text) returns void
    language plpgsql
as $$
declare
    other scim.application_group;
begin
    for other in select x.* from scim.application_group x where x.tenant = of_tenant and x.project = a.project order by x.group_id loop
        if other.group_id = a.group_id or new_project is not null then
            perform scim.rename_group(of_tenant, other.group_id,
                scim.project_name(coalesce(new_project, other.project),
                                  case when other.group_id = a.group_id then coalesce(new_access, other.access) else other.access end),
                case when new_project is not null then 'project' else 'access' end);
        end if;
    end loop;
    update scim.application_group x
       set project = coalesce(new_project, x.project),
           access = case when x.group_id = a.group_id then coalesce(new_access, x.access) else x.access end
     where x.tenant = of_tenant and x.project = a.project;
end
$$;

create function scim.admin_group_set(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    r scim.resource := scim.hold_group(of_tenant, args ->> 'group');
    a scim.application_group;
begin
    perform scim.must_be_ours(r);
    select x.* into a from scim.application_group x where x.tenant = of_tenant and x.group_id = r.id;
    if a.kind is not distinct from 'project' and args ? 'displayName' then
        perform scim.fail('SC400', 'displayName', 'displayName: is made of project and access; set those.');
    elsif a.kind is distinct from 'project' and (args ? 'project' or args ? 'access') then
        perform scim.check_group_args(args || jsonb_build_object('displayName', r.doc ->> 'displayName', 'kind', a.kind));
    end if;
    if a.kind is not distinct from 'project' then
        perform scim.rename_project(of_tenant, a, args ->> 'project', args ->> 'access');
    else
        perform scim.rename_group(of_tenant, r.id, args ->> 'displayName', 'displayName');
    end if;
    return scim.group_json(scim.the_group(of_tenant, r.id::text));
end
$$;

-- What gives something by this group, in words; null where nothing does.
create function scim.group_use(of_tenant text, of_group uuid) returns text
    language plpgsql stable
as $$
declare
    by_whom text;
begin
    select 'the template "' || t.name || '" gives it' into by_whom
      from scim.template t where t.tenant = of_tenant and of_group = any (t.groups) order by t.priority, t.id limit 1;
    if by_whom is null then
        select 'it is mapped to ' || coalesce('the subscription "' || s.name || '"', 'the role "' || p.role || '"') into by_whom
          from scim.mapping p
          left join scim.subscription s on s.tenant = p.tenant and s.id = p.subscription_id
         where p.tenant = of_tenant and p.group_id = of_group
         order by p.id
         limit 1;
    end if;
    return by_whom;
end
$$;

create function scim.admin_group_remove(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
declare
    r scim.resource := scim.hold_group(of_tenant, args ->> 'group');
    by_whom text := scim.group_use(of_tenant, r.id);
begin
    perform scim.must_be_ours(r);
    if by_whom is not null then
        perform scim.fail('SC409', 'group', format('The group "%s" is in use: %s. Change that first.', r.doc ->> 'displayName', by_whom));
    end if;
    update scim.resource x set deleted_at = now(), version = x.version + 1, last_modified = now()
     where x.tenant = of_tenant and x.id = r.id;
    with left_groups as (
        delete from scim.membership m where m.tenant = of_tenant and m.member_id = r.id returning m.group_id
    )
    update scim.resource g set version = g.version + 1, last_modified = now()
     where g.tenant = of_tenant and g.id in (select l.group_id from left_groups l);
end
$$;

-- An archived group as it was: with those of its members that are still there.
create function scim.admin_group_restore(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    r scim.resource := scim.hold_group(of_tenant, args ->> 'group');
begin
    if r.deleted_at is null then
        perform scim.fail('SC409', 'group', format('The group "%s" is not archived; name an archived one that was called the same by its id.', r.doc ->> 'displayName'));
    end if;
    if exists (select from scim.resource x where x.tenant = of_tenant and x.group_name_key = scim.fold(r.doc ->> 'displayName')) then
        perform scim.fail('SC409', 'group', format('Another group is called "%s" now; rename or archive it first.', r.doc ->> 'displayName'));
    end if;
    delete from scim.membership m
     where m.tenant = of_tenant and m.group_id = r.id
       and not exists (select from scim.resource u where u.tenant = of_tenant and u.id = m.member_id and u.deleted_at is null);
    update scim.resource x set deleted_at = null, version = x.version + 1, last_modified = now()
     where x.tenant = of_tenant and x.id = r.id;
    return scim.group_json(scim.the_group(of_tenant, r.id::text));
exception
    when unique_violation then
        perform scim.fail('SC409', 'group', format('Another group is called "%s" now; rename or archive it first.', r.doc ->> 'displayName'));
        return null;
end
$$;

-- From then on the group is local, and the identity provider does not see it. It keeps its name and members.
create function scim.admin_group_unlink(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    r scim.resource := scim.hold_group(of_tenant, args ->> 'group');
begin
    if r.source <> 'scim' then
        perform scim.fail('SC409', 'group', format('The group "%s" is not managed by provisioning; there is nothing to unlink.',
            r.doc ->> 'displayName'));
    elsif r.deleted_at is not null then
        perform scim.fail('SC409', 'group', format('The group "%s" is archived; restore it first.', r.doc ->> 'displayName'));
    end if;
    update scim.resource x set source = 'local', version = x.version + 1, last_modified = now()
     where x.tenant = of_tenant and x.id = r.id;
    return scim.group_json(scim.the_group(of_tenant, r.id::text));
end
$$;

-- --- members -----------------------------------------------------------------------------------------------------------------------

-- The account or group that is named by its id, an account by its userName or a group by its displayName.
create function scim.find_member(of_tenant text, name text) returns scim.resource
    language plpgsql stable
as $$
declare
    r scim.resource;
begin
    if name ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        select x.* into r from scim.resource x where x.tenant = of_tenant and x.id = name::uuid;
    end if;
    if r.id is null then
        select x.* into r from scim.resource x where x.tenant = of_tenant and x.user_name_key = scim.fold(name);
    end if;
    if r.id is null then
        select x.* into r from scim.resource x where x.tenant = of_tenant and x.group_name_key = scim.fold(name);
    end if;
    return r;
end
$$;

-- One who is there, and stays until this is committed.
create function scim.hold_member(of_tenant text, name text) returns scim.resource
    language plpgsql
as $$
declare
    r scim.resource := scim.find_member(of_tenant, name);
begin
    perform from scim.resource x where x.tenant = of_tenant and x.id = r.id and x.deleted_at is null for key share;
    if not found or r.type not in ('User', 'Group') then
        perform scim.fail('SC400', 'members', format('members: "%s" is no user or group of this tenant.', name));
    end if;
    return r;
end
$$;

create function scim.touch_group(of_tenant text, of_group uuid) returns void
    language sql
    begin atomic
        update scim.resource x set version = x.version + 1, last_modified = now() where x.tenant = of_tenant and x.id = of_group;
    end;

create function scim.admin_group_add_members(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    r     scim.resource := scim.hold_group(of_tenant, args ->> 'group');
    name  text;
    m     scim.resource;
    ids   uuid[] := '{}';
begin
    perform scim.must_be_ours(r);
    for name in select n from jsonb_array_elements_text(args -> 'members') n loop
        m := scim.hold_member(of_tenant, name);
        if m.id = r.id then
            perform scim.fail('SC400', 'members', format('members: a group cannot be a member of itself (%s).', name));
        end if;
        ids := ids || m.id;
    end loop;
    insert into scim.membership (tenant, group_id, member_id, member_type)
    select of_tenant, r.id, x.id, x.type
      from scim.resource x
     where x.tenant = of_tenant and x.id = any (ids)
        on conflict do nothing;
    if found then
        perform scim.touch_group(of_tenant, r.id);
    end if;
    return scim.group_json(scim.the_group(of_tenant, r.id::text));
end
$$;

create function scim.admin_group_remove_member(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
declare
    r scim.resource := scim.hold_group(of_tenant, args ->> 'group');
    m scim.resource := scim.find_member(of_tenant, args ->> 'member');
begin
    perform scim.must_be_ours(r);
    delete from scim.membership x where x.tenant = of_tenant and x.group_id = r.id and x.member_id = m.id;
    if not found then
        perform scim.fail('SC404', 'member', format('"%s" is no member of the group "%s".', args ->> 'member', r.doc ->> 'displayName'));
    end if;
    perform scim.touch_group(of_tenant, r.id);
end
$$;

-- --- templates: what an account gets when it first appears -----------------------------------------------------------------------

-- Applied to each account that is made, by whomever, and not to one that comes back; in the order of priority. The first that
-- gives a role gives it, unless one was sent. All that match give their groups, subscriptions and flags.
--
-- The condition is a SCIM filter. Beside it stands what the server has compiled it to: SQL about the row `r` of scim.resource, in
-- which every value is an element of $1, an array of texts; the first of them is the tenant. It runs with the rights of whoever
-- makes the account, never with the owner's.
create table scim.template (
    tenant           text collate "C" not null,
    id               uuid not null,
    name             text not null,
    name_key         text collate "C" not null,
    priority         int not null,
    condition        text,
    condition_sql    text,
    condition_params text[],
    role             text,
    groups           uuid[] not null default '{}',
    subscriptions    uuid[] not null default '{}',
    flags            text[] not null default '{}',
    created          timestamptz not null default now(),
    last_modified    timestamptz not null default now(),
    primary key (tenant, id),
    unique (tenant, name_key),
    check ((condition is null) = (condition_sql is null) and (condition is null) = (condition_params is null))
);
create index template_order on scim.template (tenant, priority, id);
select scim.let_manage('template', 'select, insert, update, delete');
create policy web on scim.template to scim_web using (coalesce(tenant = current_setting('scim.tenant', true), false));
create policy owner on scim.template to scim_owner using (true);
grant select on scim.template to scim_web;

-- The names of subscriptions, in order.
create function scim.subscription_names(of_tenant text, ids uuid[]) returns text[]
    language plpgsql stable
as $$
begin
    if ids = '{}' then
        return '{}';
    end if;
    return array(select s.name from scim.subscription s where s.tenant = of_tenant and s.id = any (ids) order by s.name_key);
end
$$;

create function scim.group_names(of_tenant text, ids uuid[]) returns text[]
    language sql stable
    return array(select r.doc ->> 'displayName' from scim.resource r where r.tenant = of_tenant and r.id = any (ids) order by r.display_name_key);

create function scim.template_json(t scim.template) returns jsonb
    language sql stable
as $$
    select jsonb_build_object('id', t.id, 'name', t.name, 'priority', t.priority, 'condition', t.condition, 'role', t.role,
                              'groups', to_jsonb(scim.group_names(t.tenant, t.groups)),
                              'subscriptions', to_jsonb(scim.subscription_names(t.tenant, t.subscriptions)), 'flags', to_jsonb(t.flags),
                              'created', scim.time_text(t.created), 'lastModified', scim.time_text(t.last_modified))
$$;

-- Of these accounts those that a condition is true of.
create function scim.matching(condition_sql text, condition_params text[], of_tenant text, ids uuid[]) returns uuid[]
    language plpgsql stable set search_path = pg_catalog
as $$
declare
    found_ids uuid[];
begin
    if condition_sql is null then
        return ids;
    end if;
    execute 'select array(select r.id from scim.resource r where r.tenant = $1[1] and r.id = any ($2) and r.tenant = $3 and '
            || condition_sql || ' order by r.id)'
       into found_ids using condition_params, ids, of_tenant;
    return found_ids;
end
$$;

-- Gives these new accounts what a template has for them.
create function scim.apply_template(t scim.template, ids uuid[]) returns void
    language plpgsql
as $$
declare
    given uuid[];    -- who gets the role of it
    what  jsonb := jsonb_strip_nulls(jsonb_build_object('template', t.name, 'templateId', t.id,
                       'groups', nullif(to_jsonb(scim.group_names(t.tenant, t.groups)), '[]'),
                       'subscriptions', nullif(to_jsonb(scim.subscription_names(t.tenant, t.subscriptions)), '[]'),
                       'flags', nullif(to_jsonb(t.flags), '[]')));
begin
    given := array(select r.id from scim.resource r where r.tenant = t.tenant and r.id = any (ids) and t.role is not null and r.role is null);
    if given <> '{}' or t.flags <> '{}' then
        update scim.resource r
           set role = coalesce(r.role, t.role),
               flags = nullif(array(select f from unnest(r.flags || t.flags) f group by f order by scim.fold(f)), '{}')
         where r.tenant = t.tenant and r.id = any (ids);
    end if;
    if t.groups <> '{}' then
        insert into scim.membership (tenant, group_id, member_id, member_type)
        select t.tenant, g.id, u.id, 'User'
          from scim.resource g, unnest(ids) u (id)
         where g.tenant = t.tenant and g.id = any (t.groups) and g.type = 'Group' and g.deleted_at is null
         order by g.id, u.id
            on conflict do nothing;
        update scim.resource g
           set version = g.version + (g.xmin <> pg_current_xact_id()::xid)::int, last_modified = now()
         where g.tenant = t.tenant and g.id = any (t.groups) and g.deleted_at is null;
    end if;
    if t.subscriptions <> '{}' then
        insert into scim.access_grant (tenant, user_id, subscription_id, source, granted_by)
        select t.tenant, u.id, s.id, 'template', t.name
          from unnest(ids) u (id), unnest(t.subscriptions) s (id)
         order by u.id, s.id
            on conflict do nothing;
    end if;
    perform scim.note(t.tenant, 'template', 'User', r.id::text, r.doc ->> 'userName', null,
                      case when r.id = any (given) then what || jsonb_build_object('role', t.role) else what end)
       from scim.resource r
      where r.tenant = t.tenant and r.id = any (ids)
      order by r.id;
end
$$;

-- A template whose condition cannot be asked gives nothing, and the audit log says why: no account waits for it.
create function scim.apply_templates() returns trigger
    language plpgsql
as $$
declare
    t   scim.template;
    ids uuid[];
begin
    if not scim.concerns('t') then
        return null;
    end if;
    for t in select x.*
               from scim.template x
              where x.tenant in (select n.tenant from added n where n.type = 'User')
              order by x.tenant, x.priority, x.id loop
        begin
            ids := scim.matching(t.condition_sql, t.condition_params, t.tenant,
                                 array(select n.id from added n where n.tenant = t.tenant and n.type = 'User'));
        exception
            when others then
                ids := '{}';
                perform scim.note(t.tenant, 'template-failed', 'Template', t.id::text, t.name, null, jsonb_build_object('reason', sqlerrm));
        end;
        if ids <> '{}' then
            perform scim.apply_template(t, ids);
        end if;
    end loop;
    return null;
end
$$;

create trigger apply_templates after insert on scim.resource referencing new table as added
    for each statement execute function scim.apply_templates();

-- What a template names stays.
create function scim.keep_templates() returns trigger
    language plpgsql
as $$
declare
    name text;
begin
    if new.type = 'Group' then
        select t.name into name from scim.template t where t.tenant = new.tenant and new.id = any (t.groups) order by t.priority, t.id limit 1;
    else
        select t.name into name from scim.template t
         where t.tenant = new.tenant and t.role = new.doc ->> 'value' order by t.priority, t.id limit 1;
    end if;
    if name is not null then
        perform scim.fail('SC409', lower(new.type), format('The %s "%s" is in use: the template "%s" gives it. Change that first.',
            lower(new.type), coalesce(new.doc ->> 'value', new.doc ->> 'displayName'), name));
    end if;
    return null;
end
$$;

create trigger keep_templates after update of deleted_at on scim.resource
    for each row when (new.deleted_at is not null and old.deleted_at is null
                       and (new.type = 'Role' or new.type = 'Group' and new.source <> 'scim'))
    execute function scim.keep_templates();

create function scim.keep_template_flags() returns trigger
    language plpgsql
as $$
declare
    name text;
begin
    select t.name into name from scim.template t where t.tenant = old.tenant and old.name = any (t.flags) order by t.priority, t.id limit 1;
    if name is not null then
        perform scim.fail('SC409', 'flag', format('The flag "%s" is in use: the template "%s" gives it. Change that first.', old.name, name));
    end if;
    return old;
end
$$;

create trigger keep_templates before delete on scim.flag
    for each row execute function scim.keep_template_flags();

-- --- templates: what administrators do ---------------------------------------------------------------------------------------------

create function scim.the_template(of_tenant text, named text) returns scim.template
    language plpgsql stable
as $$
declare
    t scim.template;
begin
    select x.* into t
      from scim.template x
     where x.tenant = of_tenant and (x.id::text = lower(named) or x.name_key = scim.fold(named))
     order by x.id::text = lower(named) desc
     limit 1;
    if not found then
        perform scim.fail('SC404', 'template', format('There is no template "%s".', named));
    end if;
    return t;
end
$$;

create function scim.hold_template(of_tenant text, named text) returns scim.template
    language plpgsql
as $$
declare
    t scim.template := scim.the_template(of_tenant, named);
begin
    select x.* into t from scim.template x where x.tenant = of_tenant and x.id = t.id for update;
    if not found then
        perform scim.fail('SC404', 'template', format('There is no template "%s".', named));
    end if;
    perform scim.must_match(scim.template_json(t));
    return t;
end
$$;

-- The groups that are named, which stay until this is committed.
create function scim.template_groups(of_tenant text, names jsonb) returns uuid[]
    language plpgsql
as $$
declare
    name text;
    r    scim.resource;
    ids  uuid[] := '{}';
begin
    for name in select n from jsonb_array_elements_text(names) n loop
        select x.* into r from scim.resource x where x.tenant = of_tenant and x.id = scim.find_group(of_tenant, name) for key share;
        if not found then
            perform scim.fail('SC400', 'groups', format('groups: there is no group "%s"; make it first, or correct the name.', name));
        elsif r.deleted_at is not null then
            perform scim.fail('SC400', 'groups', format('groups: the group "%s" is archived; restore it first.', r.doc ->> 'displayName'));
        elsif r.source = 'scim' then
            perform scim.fail('SC400', 'groups', format('groups: the group "%s" is managed by provisioning, so that only your identity '
                'provider gives it; unlink it first, or choose another one.', r.doc ->> 'displayName'));
        end if;
        ids := ids || r.id;
    end loop;
    return array(select distinct i from unnest(ids) i order by i);
end
$$;

create function scim.template_subscriptions(of_tenant text, names jsonb) returns uuid[]
    language plpgsql
as $$
declare
    wanted text;
    one    uuid;
    ids    uuid[] := '{}';
begin
    for wanted in select n from jsonb_array_elements_text(names) n loop
        select s.id into one
          from scim.subscription s
         where s.tenant = of_tenant and (s.name_key = scim.fold(wanted) or s.id::text = lower(wanted))
         order by s.id::text = lower(wanted) desc
         limit 1
           for key share;
        if not found then
            perform scim.fail('SC400', 'subscriptions',
                format('subscriptions: there is no subscription "%s"; make it first, or correct the name.', wanted));
        end if;
        ids := ids || one;
    end loop;
    return array(select distinct i from unnest(ids) i order by i);
end
$$;

-- A list of the arguments; empty where it is null.
create function scim.list_of(value jsonb) returns jsonb
    language sql immutable parallel safe
    return case jsonb_typeof(value) when 'array' then value else '[]' end;

-- What arguments make of a template. The condition comes with what it was compiled to.
create function scim.set_template(t scim.template, args jsonb) returns scim.template
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
        t.role := scim.find_role(t.tenant, args ->> 'role');
        if t.role is null and args ->> 'role' is not null then
            perform scim.fail('SC400', 'role', format('Role not found: %s', args ->> 'role'));
        end if;
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

create function scim.check_template(t scim.template) returns void
    language plpgsql
as $$
declare
    taken text;
begin
    if t.role is null and t.groups = '{}' and t.subscriptions = '{}' and t.flags = '{}' then
        perform scim.fail('SC400', null, 'A template gives something: a role, groups, subscriptions or flags.');
    end if;
    select x.name into taken from scim.template x where x.tenant = t.tenant and x.name_key = t.name_key and x.id <> t.id;
    if found then
        perform scim.fail('SC409', 'name', format('There is a template "%s" already.', taken));
    end if;
end
$$;

create function scim.admin_template_add(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    t scim.template;
begin
    t.tenant := of_tenant;
    t.id := scim.new_id(clock_timestamp());
    t.groups := '{}';
    t.subscriptions := '{}';
    t.flags := '{}';
    t.created := now();
    t.last_modified := now();
    -- After all others, with room between them.
    t.priority := coalesce((select max(x.priority) from scim.template x where x.tenant = of_tenant) / 10 * 10 + 10, 10);
    t := scim.set_template(t, args);
    perform scim.check_template(t);
    insert into scim.template values (t.*);
    perform scim.note(of_tenant, 'create', 'Template', t.id::text, t.name, null, scim.template_json(t));
    return scim.template_json(t);
exception
    when unique_violation then
        perform scim.fail('SC409', 'name', format('There is a template "%s" already.', args ->> 'name'));
        return null;
end
$$;

create function scim.admin_template_set(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    was scim.template := scim.hold_template(of_tenant, args ->> 'template');
    t   scim.template := scim.set_template(was, args);
begin
    perform scim.check_template(t);
    if t = was then
        return scim.template_json(t);
    end if;
    t.last_modified := now();
    update scim.template x
       set name = t.name, name_key = t.name_key, priority = t.priority, condition = t.condition, condition_sql = t.condition_sql,
           condition_params = t.condition_params, role = t.role, groups = t.groups, subscriptions = t.subscriptions, flags = t.flags,
           last_modified = t.last_modified
     where x.tenant = of_tenant and x.id = t.id;
    perform scim.note(of_tenant, 'update', 'Template', t.id::text, t.name,
                      scim.differing(scim.template_json(was), scim.template_json(t)) - 'lastModified',
                      scim.differing(scim.template_json(t), scim.template_json(was)) - 'lastModified');
    return scim.template_json(t);
exception
    when unique_violation then
        perform scim.fail('SC409', 'name', format('There is a template "%s" already.', args ->> 'name'));
        return null;
end
$$;

create function scim.admin_template_remove(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
declare
    t scim.template := scim.hold_template(of_tenant, args ->> 'template');
begin
    delete from scim.template x where x.tenant = of_tenant and x.id = t.id;
    perform scim.note(of_tenant, 'delete', 'Template', t.id::text, t.name, scim.template_json(t), null);
end
$$;

-- --- templates: whom they would be for ---------------------------------------------------------------------------------------------

-- The condition that a preview is about: a template's, or one that is not saved yet; null for everybody.
create function scim.preview_condition(of_tenant text, args jsonb, out condition_sql text, out condition_params text[])
    language plpgsql stable
as $$
begin
    if args ? 'template' and args ? 'condition' then
        perform scim.fail('SC400', 'condition', 'condition: a template has a condition of its own; give one of them.');
    elsif args ? 'template' then
        select t.condition_sql, t.condition_params into condition_sql, condition_params from scim.the_template(of_tenant, args ->> 'template') t;
    elsif args ->> 'conditionSql' is not null then
        condition_sql := args ->> 'conditionSql';
        condition_params := array(select p from jsonb_array_elements_text(args -> 'conditionParams') with ordinality x (p, n) order by n);
    end if;
    condition_sql := coalesce(condition_sql, 'true');
end
$$;

create function scim.admin_template_preview(of_tenant text, args jsonb) returns jsonb
    language plpgsql stable set search_path = pg_catalog
as $$
declare
    c     record := scim.preview_condition(of_tenant, args);
    after uuid := coalesce((args ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000');
    pairs jsonb;
begin
    execute 'select coalesce(jsonb_agg(jsonb_build_array(x.id, jsonb_build_object(
                        ''id'', x.id, ''userName'', x.doc ->> ''userName'', ''displayName'', x.doc ->> ''displayName'', ''source'', x.source,
                        ''active'', x.doc -> ''active'' is distinct from ''false'')) order by x.id), ''[]'')
               from (select r.id, r.doc, r.source
                       from scim.resource r
                      where r.tenant = $2 and r.type = ''User'' and r.deleted_at is null and r.id > $3 and scim.has($4, r.doc ->> ''userName'',
                            r.doc ->> ''displayName'') and ' || c.condition_sql || '
                      order by r.id limit $5) x'
       into pairs using c.condition_params, of_tenant, after, args ->> 'q', scim.most(args) + 1;
    return scim.paged(pairs, scim.most(args));
end
$$;

create function scim.admin_template_count(of_tenant text, args jsonb) returns jsonb
    language plpgsql stable set search_path = pg_catalog
as $$
declare
    c record := scim.preview_condition(of_tenant, args);
    n bigint;
begin
    execute 'select count(*) from scim.resource r where r.tenant = $2 and r.type = ''User'' and r.deleted_at is null and ' || c.condition_sql
       into n using c.condition_params, of_tenant;
    return jsonb_build_object('accounts', n);
end
$$;

reset role;
