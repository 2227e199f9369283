-- Groups: what administrators see and do of them, those of the application, and groups in groups.
--
-- A group's name is unique in its tenant, whatever its source: groups that the identity provider does not see keep their names
-- from it too. An administrator can rename those.

-- --- groups in groups ------------------------------------------------------------------------------------------------

-- Whether groups stand in one another deeper than `most`, on the way through a group and a member of it. Each step of a way is
-- counted, so in a circle ways have no end: a circle is deep where it, with all groups that are above and below it, has more than
-- `most` groups. So no chain of different groups is longer than that.
create function scim.nests_deeper(of_tenant text, of_group uuid, member uuid, most int) returns boolean
    language plpgsql
as $$
declare
    depth int;
begin
    with recursive up (id, n) as (
            select of_group, 1
             union
            select m.group_id, up.n + 1
              from up
              join scim.membership m on m.tenant = of_tenant and m.member_id = up.id
             where up.n <= most),
        down (id, n) as (
            select member, 1
             union
            select m.member_id, down.n + 1
              from down
              join scim.membership m on m.tenant = of_tenant and m.group_id = down.id and m.member_type = 'Group'
             where down.n <= most)
    select (select max(up.n) from up) + (select max(down.n) from down) into depth;
    if depth <= most then
        return false;
    end if;
    with recursive up (id) as (
            select of_group
             union
            select m.group_id from up join scim.membership m on m.tenant = of_tenant and m.member_id = up.id),
        down (id) as (
            select member
             union
            select m.member_id
              from down
              join scim.membership m on m.tenant = of_tenant and m.group_id = down.id and m.member_type = 'Group')
    select count(*) into depth from (select up.id from up union select down.id from down) x;
    return depth > most;
end
$$;

-- Refuses that groups stand in a group, of which it has become a member, where the tenant does not allow so many in one another. One
-- transaction at a time: two at once would not see what the other adds. With the owner's rights: a client's request sets `nests`.
create function scim.keep_nesting(of_tenant text, of_group uuid, members uuid[]) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    most   int;
    member uuid;
begin
    update scim.tenant n set nests = true where n.tenant = of_tenant and not n.nests;
    if found then
        perform scim.spread(of_tenant);
    end if;
    perform pg_advisory_xact_lock(hashtextextended('scim.nesting ' || of_tenant, 0));
    select n.group_depth into most from scim.tenant n where n.tenant = of_tenant;
    foreach member in array members loop
        if scim.nests_deeper(of_tenant, of_group, member, most) then
            perform scim.refuse('SC400', format('members: the group "%s" cannot be a member of "%s": more than %s groups would stand in one another, and '
                'this tenant allows no more. Make its users members of "%2$s" themselves, or let an administrator raise groupDepth.',
                scim.group_name(of_tenant, member), scim.group_name(of_tenant, of_group), most));
        end if;
    end loop;
end
$$;
revoke execute on function scim.keep_nesting from public;
grant execute on function scim.keep_nesting to scim_web, scim_manage;

-- All groups of a user, those that contain its groups included, as the elements of the JSON list that `groups` is answered
-- with. In plpgsql for its plan, which is then made once for a connection.
create function scim.all_groups(of_tenant text, of_user uuid) returns text[]
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

-- --- groups of the application ---------------------------------------------------------------------------------------

create function scim.project_name(project text, access text) returns text
    language sql immutable parallel safe
    return project || ' (' || access || ')';

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

-- --- what a group looks like -----------------------------------------------------------------------------------------

create function scim.group_row(r scim.resource) returns jsonb
    language sql stable
as $$
    select jsonb_build_object(
                       'id', r.id, 'displayName', r.doc ->> 'displayName', 'source', r.source, 'kind', a.kind, 'project', a.project,
                       'access', a.access, 'externalId', r.doc ->> 'externalId',
                       'members', (select count(*) from scim.membership m where m.tenant = r.tenant and m.group_id = r.id),
                       'mappings', (select count(*) from scim.mapping p where p.tenant = r.tenant and p.group_id = r.id),
                       'created', scim.time_text(r.created),
                       'lastModified', scim.time_text(r.last_modified), 'archivedAt', scim.time_text(r.deleted_at))
              from (select) one
              left join scim.application_group a on a.tenant = r.tenant and a.group_id = r.id
$$;

create function scim.group_json(r scim.resource) returns jsonb
    language sql stable
as $$
    select scim.group_row(r) || jsonb_build_object(
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

-- The groups of a tenant: by name, or in the order in which they were made, as archived ones always are.
create function scim.admin_group_list(of_tenant text, args jsonb) returns jsonb
    language plpgsql stable set enable_sort = off
as $$
declare
    archived   boolean := coalesce((args ->> 'archived')::boolean, false);
    by_name    boolean := not archived and args ->> 'sort' is distinct from 'created';
    after      uuid := args ->> 'after';
    after_name text;
    most       int := scim.most(args);
    rest       text;
    conditions text[];
    pairs      jsonb;
begin
    if by_name and after is not null then
        select r.display_name_key into after_name from scim.resource r where r.tenant = of_tenant and r.id = after and r.type = 'Group';
        if after_name is null then
            perform scim.fail('SC400', 'after', 'The group that the page before ended with is there no more; begin again with the first page.');
        end if;
    end if;
    rest := concat_ws(' and ', '', case when by_name then 'r.type = ''Group''' else 'r.type >= ''Group'' and r.type <= ''Group''' end,
        case when args ? 'source' then 'r.source = $2 ->> ''source''' end,
        case when args ? 'q' then 'scim.has($2 ->> ''q'', r.doc ->> ''displayName'')' end,
        case when after is not null then format(case when by_name then 'r.group_name_key %s $4' else 'r.id %s $3' end, scim.beyond(args)) end);
    conditions := case
                      when archived then array ['r.deleted_at is not null']
                      when by_name then array ['r.group_name_key is not null']
                      else array ['r.wire', 'r.source <> ''scim'' and r.deleted_at is null and not r.wire']
                  end;
    execute format('select coalesce(jsonb_agg(jsonb_build_array(x.id, x.shown) order by x.n), ''[]'')
                      from (select p.id, scim.group_row(p) as shown, row_number() over () as n from (%s) p) x',
                   scim.first_rows(array(select format('r.tenant = $1 and %s%s', c, rest) from unnest(conditions) c),
                                   format(case when by_name then 'r.group_name_key %1$s' else 'r.type %1$s, r.id %1$s' end, scim.direction(args)), most + 1))
       into pairs
      using of_tenant, args, after, after_name;
    return scim.paged(pairs, most);
end
$$;

-- --- making, naming and archiving groups -----------------------------------------------------------------------------

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
    line  text := scim.project_spelling(of_tenant, args ->> 'project', null);
    name  text := coalesce(args ->> 'displayName', scim.project_name(line, args ->> 'access'));
    field text := case when args ? 'displayName' then 'displayName' else 'access' end;
    r     scim.resource;
begin
    perform scim.check_group_args(args);
    perform scim.must_be_free_group(of_tenant, name, field, null);
    r := scim.make_resource(scim.new_resource(
        of_tenant, scim.new_id(clock_timestamp()), 'Group', case when args ->> 'kind' is null then 'local' else 'application' end,
        jsonb_build_object('schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:Group'), 'displayName', name)));
    if r.id is null then
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

create function scim.rename_group(of_tenant text, of_group uuid, name text, field text) returns void
    language plpgsql
as $$
declare
    was scim.resource;
    r   scim.resource;
begin
    perform scim.must_be_free_group(of_tenant, name, field, of_group);
    select x.* into was from scim.resource x where x.tenant = of_tenant and x.id = of_group for no key update;
    if was.doc ->> 'displayName' <> name then
        r := was;
        r.doc := r.doc || jsonb_build_object('displayName', name);
        perform scim.change_resource(was, r);
    end if;
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
    gone scim.resource := r;
    by_whom text := scim.group_use(of_tenant, r.id);
begin
    perform scim.must_be_ours(r);
    if by_whom is not null then
        perform scim.fail('SC409', 'group', format('The group "%s" is in use: %s. Change that first.', r.doc ->> 'displayName', by_whom));
    end if;
    gone.deleted_at := now();
    perform scim.change_resource(r, gone);
    perform scim.leave_groups(of_tenant, r.id);
end
$$;

-- An archived group as it was: with those of its members that are still there.
create function scim.admin_group_restore(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    r    scim.resource := scim.hold_group(of_tenant, args ->> 'group');
    back scim.resource := r;
    gone uuid[];
begin
    if r.deleted_at is null then
        perform scim.fail('SC409', 'group', format('The group "%s" is not archived; name an archived one that was called the same by its id.', r.doc ->> 'displayName'));
    end if;
    if exists (select from scim.resource x where x.tenant = of_tenant and x.group_name_key = scim.fold(r.doc ->> 'displayName')) then
        perform scim.fail('SC409', 'group', format('Another group is called "%s" now; rename or archive it first.', r.doc ->> 'displayName'));
    end if;
    with left_group as (
        delete from scim.membership m
         where m.tenant = of_tenant and m.group_id = r.id
           and not exists (select from scim.resource u where u.tenant = of_tenant and u.id = m.member_id and u.deleted_at is null)
        returning m.member_id
    )
    select array_agg(l.member_id) into gone from left_group l;
    perform scim.note_left(of_tenant, r.id, gone, cardinality(gone));
    back.deleted_at := null;
    perform scim.change_resource(r, back);
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
    r     scim.resource := scim.hold_group(of_tenant, args ->> 'group');
    freed scim.resource := r;
begin
    if r.source <> 'scim' then
        perform scim.fail('SC409', 'group', format('The group "%s" is not managed by provisioning; there is nothing to unlink.',
            r.doc ->> 'displayName'));
    elsif r.deleted_at is not null then
        perform scim.fail('SC409', 'group', format('The group "%s" is archived; restore it first.', r.doc ->> 'displayName'));
    end if;
    freed.source := 'local';
    perform scim.change_resource(r, freed);
    return scim.group_json(scim.the_group(of_tenant, r.id::text));
end
$$;

-- --- members ---------------------------------------------------------------------------------------------------------

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

create function scim.admin_group_add_members(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    r     scim.resource := scim.hold_group(of_tenant, args ->> 'group');
    name  text;
    m     scim.resource;
    ids   uuid[] := '{}';
    groups uuid[];
begin
    perform scim.must_be_ours(r);
    for name in select n from jsonb_array_elements_text(args -> 'members') n loop
        m := scim.hold_member(of_tenant, name);
        if m.id = r.id then
            perform scim.fail('SC400', 'members', format('members: a group cannot be a member of itself (%s).', name));
        end if;
        ids := ids || m.id;
    end loop;
    with joined as (
        insert into scim.membership (tenant, group_id, member_id, member_type)
        select of_tenant, r.id, x.id, x.type
          from scim.resource x
         where x.tenant = of_tenant and x.id = any (ids)
            on conflict do nothing
        returning member_id, member_type
    )
    select array_agg(j.member_id), array_agg(j.member_id) filter (where j.member_type = 'Group') into ids, groups from joined j;
    if ids is not null then
        if groups is not null then
            perform scim.keep_nesting(of_tenant, r.id, groups);
        end if;
        perform scim.note_joined(of_tenant, r.id, ids);
        perform scim.touch_groups(of_tenant, array [r.id]);
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
    perform scim.note_left(of_tenant, r.id, array [m.id],
                           case m.type when 'User' then 1 else scim.people_in(of_tenant, array [m.id]) end);
    perform scim.touch_groups(of_tenant, array [r.id]);
end
$$;
