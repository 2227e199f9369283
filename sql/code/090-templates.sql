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
    language plpgsql stable
as $$
begin
    return array(select r.doc ->> 'displayName' from scim.resource r where r.tenant = of_tenant and r.id = any (ids) order by r.display_name_key);
end
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
