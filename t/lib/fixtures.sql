-- Only for tests and benchmarks, which write rows directly: triggers add the derived data, as C does for its own rows (mod_scim/rules). The
-- triggers ignore rows that httpd or scimctl writes, which have other database roles.
create schema fixture;
grant usage on schema fixture to public;

-- Writes one row of the audit log.
create function fixture.note(of_tenant text, action text, object_type text, object_id text, object_name text, before jsonb,
                             after jsonb, weight int default 0, logins int default 0) returns void
    language plpgsql
as $$
begin
    insert into scim.audit (tenant, action, object_type, object_id, object_name, before, after, weight, logins)
    values (of_tenant, action, object_type, object_id, object_name, before, after, weight, logins);
    insert into scim.tally (tenant, type, n) values (of_tenant, 'User', 0);
end
$$;

-- Writes the entry of the audit log for a grant; `action` is grant or withdraw.
create function fixture.note_grant(action text, a scim.access_grant) returns void
    language plpgsql
as $$
declare
    what jsonb := jsonb_strip_nulls(jsonb_build_object(
        'subscription', (select s.name from scim.subscription s where s.tenant = a.tenant and s.id = a.subscription_id),
        'role', a.role, 'source', a.source));
    all_of jsonb := what || jsonb_build_object('id', a.id, 'granted', scim.time_text(a.granted), 'grantedBy', a.granted_by,
                                               'joined', scim.time_text(a.joined));
begin
    insert into scim.audit (tenant, action, object_type, object_id, object_name, before, after)
    values (a.tenant, action, 'User', a.user_id::text,
        (select u.doc ->> 'userName' from scim.resource u where u.tenant = a.tenant and u.id = a.user_id),
        case action when 'withdraw' then all_of end, case action when 'grant' then what end);
    insert into scim.tally (tenant, type, n) values (a.tenant, 'User', 0);
end
$$;

-- The number of people in these groups and their nested groups, as in people_in.part.
create function fixture.people_in(of_tenant text, group_ids uuid[]) returns int
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

create function fixture.group_name(of_tenant text, group_id uuid) returns text
    language plpgsql stable
as $$
begin
    return (select r.doc ->> 'displayName' from scim.resource r where r.tenant = of_tenant and r.id = group_id);
end
$$;

-- The copies of a tenant's settings in its tokens, as in tenant_keeps.part and tenant_traits.part.
create function fixture.keeps(t scim.tenant) returns text
    language sql immutable
as $$
    select nullif(concat(case when t.activity_reads < 100 then t.activity_reads end,
                         case when t.activity_bodies then '+' when t.activity_mask <> '{}' then '-' end, array_to_string(t.activity_mask, ',')), '')
$$;

create function fixture.traits(t scim.tenant) returns text
    language plpgsql stable
as $$
begin
    return concat('-',
        case when t.dry_run or t.guard_limit is not null or t.guard_share is not null
                  or exists (select from scim.hold h where h.tenant = t.tenant and h.state = 'rejected' and h.decided > now() - interval '1 day')
             then 'w' end,
        case when t.dry_run then 'y' end,
        case when t.user_name_email or t.derive_display_name or t.role_wins <> 'sync' then 'r' end,
        case when exists (select from scim.resource x where x.tenant = t.tenant and x.protected is not null) then 'p' end,
        case when lower(t.activity_mask::text)::text[] && array ['username', 'personal'] then 'n' end,
        case when lower(t.activity_mask::text)::text[] && array ['displayname', 'personal'] then 'u' end,
        case when 'displayname' = any (lower(t.activity_mask::text)::text[]) then 'd' end);
end
$$;

create function fixture.token_traits(t scim.tenant, confined boolean) returns text
    language sql stable
as $$
    select fixture.traits(t) || case when confined then 'm' else '' end
$$;

create function fixture.spread(of_tenant text) returns void
    language plpgsql
as $$
declare
    t     scim.tenant;
    has   text;
    wants text;
begin
    select x.* into t from scim.tenant x where x.tenant = of_tenant for no key update;
    has := fixture.traits(t);
    wants := fixture.keeps(t);
    update scim.token k
       set tenant_enabled = t.enabled, tenant_profile = t.profile, tenant_nests = t.nests, keeps = wants,
           traits = has || case when k.confined then 'm' else '' end, rules = scim.raised(k.rules)
     where k.tenant = of_tenant;
end
$$;

-- The login key, which is unique in the tenant: the e-mail address, if people log in with it. It is read after the lock was taken.
create function fixture.login_key(of_tenant text, doc jsonb) returns text
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

create function fixture.is_active(doc jsonb, deleted_at timestamptz) returns boolean
    language sql immutable parallel safe
    return deleted_at is null and (doc -> 'active') is distinct from 'false'::jsonb;

-- The default displayName, as in scim_display_name (scim/resource.c) for a client that sends none.
create function fixture.display_name(doc jsonb) returns text
    language sql immutable parallel safe
    return (select x.name
              from unnest(array [doc -> 'name' ->> 'formatted',
                                 concat_ws(' ', case when btrim(doc -> 'name' ->> 'givenName') <> '' then doc -> 'name' ->> 'givenName' end,
                                           case when btrim(doc -> 'name' ->> 'familyName') <> '' then doc -> 'name' ->> 'familyName' end),
                                 doc ->> 'userName']) with ordinality x (name, place)
             where btrim(x.name) <> '' and octet_length(x.name) <= 1024
             order by x.place limit 1);

-- A new resource.
create function fixture.new_resource(of_tenant text, id uuid, type text, source text, doc jsonb) returns scim.resource
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

-- The new row with its keys, by the tenant's rules for accounts. `old` is null for a new resource.
create function fixture.ruled(new scim.resource, old scim.resource) returns scim.resource
    language plpgsql
as $$
declare
    live  boolean := new.deleted_at is null;
    rules record;
    name  jsonb;
begin
    new.wire := live and new.source <> 'local';
    new.active := new.type <> 'User' or fixture.is_active(new.doc, new.deleted_at);
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
            new.doc := jsonb_set(new.doc, '{displayName}', to_jsonb(fixture.display_name(new.doc)));
        end if;
    end if;
    name := new.doc -> 'name';
    new.external_id := new.doc ->> 'externalId';
    new.display_name_key := scim.fold(new.doc ->> 'displayName');
    new.user_name_key := case when live and new.type = 'User' then scim.fold(new.doc ->> 'userName') end;
    new.group_name_key := case when live and new.type = 'Group' then new.display_name_key end;
    new.former_name_key := case when not live and new.type = 'User' then scim.fold(new.doc ->> 'userName') end;
    new.login_key := case when live and new.type = 'User' and new.doc ? 'emails' then fixture.login_key(new.tenant, new.doc) end;
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

-- The rows of scim.lookup and of the tally that follow from a change; `old` or `new` is null if there is no such row.
create function fixture.follow_up(new scim.resource, old scim.resource) returns void
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
        -- One by one, so that each row is found by all columns of the index, for any statistics.
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

-- Makes a resource; null: a unique value is taken.
create function fixture.make_resource(r scim.resource) returns scim.resource
    language plpgsql
as $$
declare
    made scim.resource;
begin
    r := fixture.ruled(r, null);
    insert into scim.resource select (r).* on conflict do nothing returning * into made;
    if made.id is null then
        return null;
    end if;
    perform fixture.follow_up(made, null);
    perform fixture.note(made.tenant, 'create', made.type, made.id::text,
                      coalesce(made.doc ->> 'userName', made.doc ->> 'value', made.doc ->> 'displayName'), null, made.doc);
    return made;
end
$$;

-- Writes a changed row, which the transaction has locked, and its audit entry. `again`: the version increases.
create function fixture.change_resource(old scim.resource, new scim.resource, again boolean default true) returns scim.resource
    language plpgsql
as $$
begin
    if again then
        new.version := old.version + 1;
        new.last_modified := now();
    end if;
    new := fixture.ruled(new, old);
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
    perform fixture.follow_up(new, old);
    perform fixture.note_change(old, new);
    return new;
end
$$;

-- `place` keeps roles that are made together in order: ids are ordered by their milliseconds. One document has both
-- shapes, the IETF draft's and Okta's: each resource type shows the attributes of its own schema.
create function fixture.add_role(of_tenant text, value text, display text, type text, place int) returns uuid
    language plpgsql
as $$
begin
    return (fixture.make_resource(fixture.new_resource(
        of_tenant, scim.new_id(clock_timestamp() + place * interval '1 ms'), 'Role', 'scim',
        jsonb_build_object(
            'schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:Role',
                                         'urn:okta:scim:schemas:core:1.0:Role'),
            'value', value, 'display', display, 'displayName', display, 'type', type,
            'supported', true, 'limitedAssignmentsPermitted', false)))).id;
end
$$;

create function fixture.add_built_in_roles(of_tenant text) returns void
    language plpgsql
as $$
begin
    perform fixture.add_role(of_tenant, r.value, r.display, 'built-in', r.place::int)
       from rows from (unnest(array['administrator', 'office-admin', 'user', 'read-only', 'summary-only'],
                              array['Administrator', 'Office administrator', 'User', 'Read only', 'Summary only']))
            with ordinality r (value, display, place);
end
$$;

-- One document has both shapes, the IETF draft's and Okta's, and what neither shows, so that the audit log has it.
create function fixture.entitlement(s scim.subscription) returns jsonb
    language sql stable
as $$
    select jsonb_strip_nulls(jsonb_build_object(
        'schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:Entitlement',
                                     'urn:okta:scim:schemas:core:1.0:Entitlement'),
        'value', s.name, 'display', s.name, 'displayName', s.name, 'type', 'subscription', 'supported', true,
        'limitedAssignmentsPermitted', s.seats is not null, 'totalAssignmentsPermitted', s.seats,
        'description', s.description, 'automatic', s.automatic))
$$;

-- The Entitlement of a subscription that is added, changed or removed.
create function fixture.make_entitlement(s scim.subscription) returns void
    language plpgsql
as $$
begin
    perform fixture.make_resource(fixture.new_resource(s.tenant, s.id, 'Entitlement', 'scim', fixture.entitlement(s)));
end
$$;

create function fixture.change_entitlement(s scim.subscription, gone boolean) returns void
    language plpgsql
as $$
declare
    was scim.resource;
    r   scim.resource;
begin
    select x.* into was from scim.resource x where x.tenant = s.tenant and x.id = s.id for no key update;
    r := was;
    r.doc := case when gone then r.doc else fixture.entitlement(s) end;
    r.deleted_at := case when gone then now() end;
    perform fixture.change_resource(was, r);
end
$$;

-- Makes grants of the access that an account has by policy, groups and login, with their times, so that it keeps its access and seats
-- when it becomes protected. Call it before protecting the account; other grants stay anyway.
create function fixture.pin_access(of_tenant text, of_user uuid) returns void
    language plpgsql
as $$
declare
    granted scim.access_grant;
begin
    for granted in
        insert into scim.access_grant as n (tenant, user_id, subscription_id, source, granted, joined)
        select of_tenant, of_user, g.subscription_id, 'protected', min(g.since), (min(array [g.since, g.joined])) [2]
          from scim.ground g
         where g.tenant = of_tenant and g.user_id = of_user
         group by g.subscription_id
        having not bool_or(g.source in ('manual', 'template', 'provider', 'protected'))
            on conflict do nothing
        returning n.* loop
        perform fixture.note_grant('grant', granted);
    end loop;
    for granted in
        insert into scim.access_grant as n (tenant, user_id, role, source, granted, joined)
        select of_tenant, of_user, g.role, 'protected', min(g.since), (min(array [g.since, g.joined])) [2]
          from scim.ground_role g
         where g.tenant = of_tenant and g.user_id = of_user
         group by g.role
        having not bool_or(g.source <> 'group')
            on conflict do nothing
        returning n.* loop
        perform fixture.note_grant('grant', granted);
    end loop;
end
$$;

create function fixture.note_left(of_tenant text, of_group uuid, ids uuid[], lost int) returns void
    language plpgsql
as $$
begin
    if cardinality(ids) > 0 then
        perform fixture.note(of_tenant, 'remove-members', 'Group', of_group::text, fixture.group_name(of_tenant, of_group),
                          jsonb_build_object('members', (select jsonb_agg(i order by i) from unnest(ids) i)), null, lost);
    end if;
end
$$;

-- --- the audit log, of what tests write themselves ---------------------------------------------------------------------

-- The members of `one` that differ in `other`; null: none.
create function fixture.differing(one jsonb, other jsonb) returns jsonb
    language plpgsql immutable parallel safe
as $$
begin
    return (select jsonb_object_agg(e.key, e.value) from jsonb_each(one) e where other -> e.key is distinct from e.value);
end
$$;

-- The columns of the server.
create function fixture.facts(r scim.resource) returns jsonb
    language sql immutable
as $$
    select jsonb_strip_nulls(jsonb_build_object('source', r.source, 'role', r.role, 'flags', to_jsonb(r.flags), 'protected', r.protected))
$$;

-- Whether somebody who keeps access cannot log in as before, because the userName, the e-mail address (if people log in with it) or the
-- externalId was changed or removed.
create function fixture.lost_login(old scim.resource, new scim.resource) returns boolean
    language sql immutable
    return old.active and new.active and old.user_name_key is not null
           and (new.user_name_key is distinct from old.user_name_key
                or old.external_id is not null and new.external_id is distinct from old.external_id
                or old.login_key is not null and new.login_key is distinct from old.login_key);

-- Writes the audit entry for a change of a resource.
create function fixture.note_change(old scim.resource, new scim.resource) returns void
    language plpgsql
as $$
declare
    action text := case
                       when new.deleted_at is not null and old.deleted_at is null then 'delete'
                       when new.deleted_at is null and old.deleted_at is not null then 'restore'
                       when new.source = 'local' and old.source = 'scim' then 'unlink'
                       when new.source = 'scim' and old.source = 'local' then 'adopt'
                       else 'update'
                   end;
    lost   int := case
                      when new.type = 'Group' and action = 'delete' then fixture.people_in(new.tenant, array[new.id])
                      else (old.active and not new.active)::int
                  end;
    before jsonb := fixture.differing(old.doc || fixture.facts(old), new.doc || fixture.facts(new));
    after  jsonb := fixture.differing(new.doc || fixture.facts(new), old.doc || fixture.facts(old));
begin
    if action = 'update' and before is null and after is null then
        return;
    end if;
    perform fixture.note(new.tenant, action, new.type, new.id::text,
                      coalesce(new.doc ->> 'userName', new.doc ->> 'value', new.doc ->> 'displayName'), before, after, lost,
                      fixture.lost_login(old, new)::int);
end
$$;

-- Writes the audit entries for new and removed members of a group, if there are any.
create function fixture.note_joined(of_tenant text, of_group uuid, ids uuid[]) returns void
    language plpgsql
as $$
begin
    if cardinality(ids) > 0 then
        perform fixture.note(of_tenant, 'add-members', 'Group', of_group::text, fixture.group_name(of_tenant, of_group), null,
                          jsonb_build_object('members', (select jsonb_agg(i order by i) from unnest(ids) i)));
    end if;
end
$$;

-- --- triggers --------------------------------------------------------------------------------------------------------

create function fixture.acts() returns boolean
    language sql stable
    return current_user <> all (array ['scim_web', 'scim_manage', 'scim_owner']);

create function fixture.before_resource() returns trigger
    language plpgsql
as $$
declare
    nobody scim.resource;
    asked  scim.resource := new;
begin
    if not fixture.acts() then
        return new;
    end if;
    if tg_op = 'UPDATE' then
        nobody := old;
    end if;
    new := fixture.ruled(asked, nobody);
    -- Keys that a test sets itself stay.
    new.display_name_key := coalesce(new.display_name_key, asked.display_name_key);
    return new;
end
$$;

create function fixture.after_resource() returns trigger
    language plpgsql
as $$
declare
    -- Converts to the table's type: in a distributed table a row has a shard's type.
    is_now scim.resource := new;
    was    scim.resource := old;
begin
    if not fixture.acts() then
        return null;
    end if;
    if tg_op = 'DELETE' then
        perform fixture.follow_up(null, was);
        perform fixture.note(old.tenant, 'erase', old.type, old.id::text, null, null, null);
        perform fixture.note_grant('withdraw', a) from scim.access_grant a where a.tenant = old.tenant and a.user_id = old.id order by a.id;
        perform scim.forget(old.tenant, old.id);
    elsif tg_op = 'INSERT' then
        perform fixture.follow_up(is_now, null);
        perform fixture.note(new.tenant, 'create', new.type, new.id::text, coalesce(new.doc ->> 'userName', new.doc ->> 'displayName'), null, new.doc);
    else
        perform fixture.follow_up(is_now, was);
        perform fixture.note_change(was, is_now);
    end if;
    return null;
end
$$;

-- The same as protecting and unprotecting an account.
create function fixture.protect() returns trigger
    language plpgsql
as $$
begin
    if not fixture.acts() or (new.protected is null) = (old.protected is null) then
        return new;
    end if;
    if new.protected is not null then
        perform fixture.pin_access(new.tenant, new.id);
    else
        delete from scim.access_grant a where a.tenant = new.tenant and a.user_id = new.id and a.source = 'protected';
    end if;
    return new;
end
$$;

create function fixture.spread() returns trigger
    language plpgsql
as $$
begin
    if fixture.acts() then
        perform fixture.spread(new.tenant);
    end if;
    return null;
end
$$;

create function fixture.joined() returns trigger
    language plpgsql
as $$
declare
    g record;
begin
    if not fixture.acts() then
        return null;
    end if;
    for g in select a.tenant, a.group_id, array_agg(a.member_id) as ids, array_agg(a.member_id) filter (where a.member_type = 'Group') as groups
               from added a group by a.tenant, a.group_id loop
        if g.groups is not null then
            perform scim.keep_nesting(g.tenant, g.group_id, g.groups);
        end if;
        perform fixture.note_joined(g.tenant, g.group_id, g.ids);
    end loop;
    return null;
end
$$;

create function fixture.departed() returns trigger
    language plpgsql
as $$
begin
    if fixture.acts() then
        perform fixture.note_left(g.tenant, g.group_id, g.ids, cardinality(g.ids))
           from (select d.tenant, d.group_id, array_agg(d.member_id) as ids from departed d group by d.tenant, d.group_id) g;
    end if;
    return null;
end
$$;

-- The same as in admin_tenant_losses.sql.
create function fixture.add_up_losses(of_tenant text) returns void
    language sql
as $$
    delete from scim.loss l where l.tenant = of_tenant;
    insert into scim.loss (tenant, at, weight, users, logins)
    select a.tenant, a.at, a.weight, case a.object_type when 'User' then a.weight else 0 end, a.logins
      from scim.audit a
     where a.tenant = of_tenant and a.at > now() - interval '1 hour' and a.weight + a.logins > 0 and a.actor_kind = 'token'
$$;

create function fixture.tenant() returns trigger
    language plpgsql
as $$
begin
    if not fixture.acts() then
        return null;
    end if;
    if tg_op = 'INSERT' then
        perform fixture.add_built_in_roles(new.tenant);
        return null;
    end if;
    perform fixture.spread(new.tenant);
    if old.guard_limit is null and old.guard_share is null and (new.guard_limit is not null or new.guard_share is not null) then
        perform fixture.add_up_losses(new.tenant);
    end if;
    return null;
end
$$;

-- Fills a token's copies. If the tenant is changed at the same time, a new token waits for the lock, and the next statement sees the
-- change.
create function fixture.with_copies(k scim.token) returns scim.token
    language plpgsql
as $$
begin
    perform from scim.tenant t where t.tenant = k.tenant for share;
    select t.enabled, t.profile, t.nests, fixture.keeps(t), fixture.token_traits(t, k.confined)
      into k.tenant_enabled, k.tenant_profile, k.tenant_nests, k.keeps, k.traits
      from scim.tenant t where t.tenant = k.tenant;
    return k;
end
$$;

create function fixture.token() returns trigger
    language plpgsql
as $$
declare
    k scim.token := new;
begin
    if fixture.acts() then
        new := fixture.with_copies(k);
    end if;
    return new;
end
$$;

create function fixture.template() returns trigger
    language plpgsql
as $$
begin
    if fixture.acts() then
        perform fixture.spread(coalesce(new.tenant, old.tenant));
    end if;
    return null;
end
$$;

create function fixture.subscription() returns trigger
    language plpgsql
as $$
declare
    is_now scim.subscription := new;
    was    scim.subscription := old;
begin
    if not fixture.acts() then
        return null;
    end if;
    if tg_op = 'INSERT' then
        perform fixture.make_entitlement(is_now);
    elsif tg_op = 'DELETE' then
        perform fixture.change_entitlement(was, true);
    else
        perform fixture.change_entitlement(is_now, false);
    end if;
    return null;
end
$$;

create function fixture.access_grant() returns trigger
    language plpgsql
as $$
declare
    is_now scim.access_grant := new;
    was    scim.access_grant := old;
begin
    if not fixture.acts() then
        return null;
    end if;
    if tg_op = 'INSERT' then
        perform fixture.note_grant('grant', is_now);
    else
        perform fixture.note_grant('withdraw', was);
    end if;
    return null;
end
$$;

create trigger fixture_before before insert or update on scim.resource for each row execute function fixture.before_resource();
create trigger fixture_after after insert or update or delete on scim.resource for each row execute function fixture.after_resource();
create trigger fixture_protect before update of protected on scim.resource for each row execute function fixture.protect();
create trigger fixture_spread after update of protected on scim.resource for each row execute function fixture.spread();
create trigger fixture_joined after insert on scim.membership referencing new table as added
    for each statement execute function fixture.joined();
create trigger fixture_departed after delete on scim.membership referencing old table as departed
    for each statement execute function fixture.departed();
create trigger fixture_tenant after insert or update on scim.tenant for each row execute function fixture.tenant();
create trigger fixture_token before insert on scim.token for each row execute function fixture.token();
create trigger fixture_template after insert or delete on scim.template for each row execute function fixture.template();
create trigger fixture_subscription after insert or update or delete on scim.subscription for each row execute function fixture.subscription();
create trigger fixture_access_grant after insert or delete on scim.access_grant for each row execute function fixture.access_grant();
