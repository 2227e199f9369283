-- Templates: what a user gets when it first appears.
--
-- Applied to each account that is made, by whomever, and not to one that comes back; in the order of priority. The first that
-- gives a role gives it, unless one was sent. All that match give their groups, subscriptions and flags.

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
    language plpgsql stable set search_path = pg_catalog, pg_temp
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
    before scim.resource;
    after  scim.resource;
    joined record;
    granted scim.access_grant;
    given uuid[];    -- who gets the role of it
    what  jsonb := jsonb_strip_nulls(jsonb_build_object('template', t.name, 'templateId', t.id,
                       'groups', nullif(to_jsonb(scim.group_names(t.tenant, t.groups)), '[]'),
                       'subscriptions', nullif(to_jsonb(scim.subscription_names(t.tenant, t.subscriptions)), '[]'),
                       'flags', nullif(to_jsonb(t.flags), '[]')));
begin
    given := array(select r.id from scim.resource r where r.tenant = t.tenant and r.id = any (ids) and t.role is not null and r.role is null);
    if given <> '{}' or t.flags <> '{}' then
        for before in select x.* from scim.resource x where x.tenant = t.tenant and x.id = any (ids) order by x.id loop
            update scim.resource x
               set role = coalesce(x.role, t.role),
                   flags = nullif(array(select f from unnest(x.flags || t.flags) f group by f order by scim.fold(f)), '{}')
             where x.tenant = t.tenant and x.id = before.id
            returning x.* into after;
            perform scim.note_change(before, after);
        end loop;
    end if;
    if t.groups <> '{}' then
        for joined in
            with j as (
                insert into scim.membership (tenant, group_id, member_id, member_type)
                select t.tenant, g.id, u.id, 'User'
                  from scim.resource g, unnest(ids) u (id)
                 where g.tenant = t.tenant and g.id = any (t.groups) and g.type = 'Group' and g.deleted_at is null
                 order by g.id, u.id
                    on conflict do nothing
                returning group_id, member_id
            )
            select j.group_id, array_agg(j.member_id) as ids from j group by j.group_id order by j.group_id loop
            perform scim.note_joined(t.tenant, joined.group_id, joined.ids);
            perform scim.touch_groups(t.tenant, array [joined.group_id]);
        end loop;
    end if;
    if t.subscriptions <> '{}' then
        for granted in
            insert into scim.access_grant as a (tenant, user_id, subscription_id, source, granted_by)
            select t.tenant, u.id, s.id, 'template', t.name
              from unnest(ids) u (id), unnest(t.subscriptions) s (id)
             order by u.id, s.id
                on conflict do nothing
            returning a.* loop
            perform scim.note_grant('grant', granted);
        end loop;
    end if;
    perform scim.note(t.tenant, 'template', 'User', r.id::text, r.doc ->> 'userName', null,
                      case when r.id = any (given) then what || jsonb_build_object('role', t.role) else what end)
       from scim.resource r
      where r.tenant = t.tenant and r.id = any (ids)
      order by r.id;
end
$$;

-- Gives those of these accounts that were made what templates have for them. A template whose condition cannot be asked gives nothing,
-- and the audit log says why: no account waits for it.
create function scim.apply_templates(of_tenant text, new_ids uuid[]) returns void
    language plpgsql
as $$
declare
    t    scim.template;
    -- Each is looked up by its key, whatever the statistics say of the table (offset 0).
    made uuid[] := array(select x.id
                           from unnest(new_ids) w (id)
                          cross join lateral (select r.id from scim.resource r where r.tenant = of_tenant and r.id = w.id offset 0) x
                          order by x.id);
    ids  uuid[];
begin
    if made = '{}' then
        return;
    end if;
    for t in select x.* from scim.template x where x.tenant = of_tenant order by x.priority, x.id loop
        begin
            ids := scim.matching(t.condition_sql, t.condition_params, t.tenant, made);
        exception
            when others then
                ids := '{}';
                perform scim.note(t.tenant, 'template-failed', 'Template', t.id::text, t.name, null, jsonb_build_object('reason', sqlerrm));
        end;
        if ids <> '{}' then
            perform scim.apply_template(t, ids);
        end if;
    end loop;
end
$$;

-- --- what a template names stays -------------------------------------------------------------------------------------

create function scim.must_be_no_template_flag(f scim.flag) returns void
    language plpgsql
as $$
declare
    name text;
begin
    select t.name into name from scim.template t where t.tenant = f.tenant and f.name = any (t.flags) order by t.priority, t.id limit 1;
    if name is not null then
        perform scim.fail('SC409', 'flag', format('The flag "%s" is in use: the template "%s" gives it. Change that first.', f.name, name));
    end if;
end
$$;

-- --- what administrators do ------------------------------------------------------------------------------------------

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
        t.role := scim.role_named(t.tenant, args ->> 'role');
        perform scim.must_not_be_reserved(t.tenant, t.role, 'new users whom it describes so');
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
    perform scim.spread(of_tenant);
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
    perform scim.spread(of_tenant);
    perform scim.note(of_tenant, 'delete', 'Template', t.id::text, t.name, scim.template_json(t), null);
end
$$;

-- --- whom they would be for ------------------------------------------------------------------------------------------

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
    language plpgsql stable set search_path = pg_catalog, pg_temp
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
    language plpgsql stable set search_path = pg_catalog, pg_temp
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
