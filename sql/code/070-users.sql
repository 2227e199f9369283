-- Users: what administrators see and do of them, local ones, flags, links to identity providers, and merging.

-- --- what a user looks like ------------------------------------------------------------------------------------------

-- Where in a list such as emails the account's entry is: the primary one, else the first, of those that have a value.
create function scim.chosen_place(entries jsonb) returns int
    language sql immutable parallel safe
    return (select (e.ordinality - 1)::int
              from jsonb_array_elements(case jsonb_typeof(entries) when 'array' then entries end) with ordinality e
             order by coalesce(btrim(e.value ->> 'value'), '') = '', (e.value ->> 'primary') is not distinct from 'true' desc, e.ordinality
             limit 1);

create function scim.chosen(entries jsonb) returns jsonb
    language sql immutable parallel safe
    return entries -> scim.chosen_place(entries);

-- The account's e-mail address, which is its login where the tenant says so.
create function scim.account_email(doc jsonb) returns text
    language sql immutable parallel safe
    return nullif(btrim(scim.chosen(doc -> 'emails') ->> 'value'), '');

create function scim.derives_name(of_tenant text) returns boolean
    language plpgsql stable
as $$
begin
    return coalesce((select t.derive_display_name from scim.tenant t where t.tenant = of_tenant), false);
end
$$;

-- What administrators do not change of a user: what the identity provider does, and what is made of other names.
create function scim.locked_fields(r scim.resource) returns jsonb
    language sql stable
as $$
    select case
               when r.source = 'scim'
                   then '["userName", "displayName", "givenName", "familyName", "email", "phone", "active"]'::jsonb
               when scim.derives_name(r.tenant) then '["displayName"]'::jsonb
               else '[]'::jsonb
           end
$$;

-- An account as a list shows it.
create function scim.user_row(r scim.resource) returns jsonb
    language plpgsql stable
as $$
begin
    return (
    select jsonb_build_object(
                'id', r.id, 'userName', r.doc ->> 'userName', 'displayName', r.doc ->> 'displayName',
                'email', scim.account_email(r.doc), 'phone', scim.chosen(r.doc -> 'phoneNumbers') ->> 'value',
                'login', case t.login_attribute when 'email' then scim.account_email(r.doc) else r.doc ->> 'userName' end,
                'active', r.active,
                'state', case when r.deleted_at is not null then 'deleted' when r.active then 'active' else 'inactive' end,
                'source', r.source, 'role', e.role, 'roleSource', e.source, 'roleGroup', case e.source when 'group' then e.name end,
                'roleDefault', e.source = 'default', 'ownRole', r.role,
                'flags', to_jsonb(coalesce(r.flags, '{}')), 'protected', r.protected,
                'created', scim.time_text(r.created), 'lastModified', scim.time_text(r.last_modified),
                'deletedAt', scim.time_text(r.deleted_at))
              from scim.tenant t
             cross join lateral scim.role_in_effect(r.tenant, r.id, r.role) e
             where t.tenant = r.tenant);
end
$$;

create function scim.user_groups(of_tenant text, of_user uuid) returns jsonb
    language plpgsql stable
as $$
begin
    return coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'displayName', g.doc ->> 'displayName', 'source', g.source)
                                      order by g.id)
                       from scim.membership m
                       join scim.resource g on g.tenant = m.tenant and g.id = m.group_id and g.deleted_at is null
                      where m.tenant = of_tenant and m.member_id = of_user), '[]');
end
$$;

-- The account that is called so: by its id, or by its userName; of deleted ones of that userName the last.
create function scim.find_user(of_tenant text, name text) returns uuid
    language plpgsql stable
as $$
declare
    found_id uuid;
begin
    select r.id into found_id from scim.resource r where r.tenant = of_tenant and r.id = scim.as_id(name) and r.type = 'User';
    if found_id is null then
        select r.id into found_id from scim.resource r where r.tenant = of_tenant and r.user_name_key = scim.fold(name);
    end if;
    if found_id is null then
        select r.id into found_id
          from scim.resource r
         where r.tenant = of_tenant and r.former_name_key = scim.fold(name) and r.former_name_key is not null
         order by r.id desc
         limit 1;
    end if;
    if found_id is null then
        perform scim.fail('SC404', 'user', format('There is no user "%s".', name));
    end if;
    return found_id;
end
$$;

create function scim.the_user(of_tenant text, name text) returns scim.resource
    language plpgsql stable
as $$
declare
    r scim.resource;
begin
    select x.* into r from scim.resource x where x.tenant = of_tenant and x.id = scim.find_user(of_tenant, name);
    return r;
end
$$;

-- An account with everything that is known of it.
create function scim.user_json(r scim.resource) returns jsonb
    language plpgsql stable
as $$
begin
    return scim.user_row(r) || jsonb_build_object(
        'givenName', r.doc -> 'name' ->> 'givenName', 'familyName', r.doc -> 'name' ->> 'familyName',
        'name', coalesce(r.doc -> 'name', '{}'), 'emails', coalesce(r.doc -> 'emails', '[]'),
        'phoneNumbers', coalesce(r.doc -> 'phoneNumbers', '[]'), 'externalId', r.doc ->> 'externalId',
        'groups', scim.user_groups(r.tenant, r.id),
        'links', coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'issuer', l.issuer, 'subject', l.subject,
                                                               'linked', scim.time_text(l.linked)) order by l.id)
                             from scim.link l where l.tenant = r.tenant and l.user_id = r.id), '[]'),
        'locked', scim.locked_fields(r), 'mergedInto', r.merged_into);
end
$$;

-- --- lists -----------------------------------------------------------------------------------------------------------

-- Users whose userName, displayName, given or family name, or e-mail address starts so, or whose id or externalId this is: so many of them
-- at the most, some perhaps twice.
create function scim.search_users(of_tenant text, q text, most int default 1000) returns uuid[]
    language plpgsql stable
as $$
declare
    low  text := left(scim.fold(q), 256);
    -- Nothing that starts so is beyond it: the last character of all.
    high text := low || U&'\+10FFFF';
begin
    return array(
        select x.id
          from ((select r.id from scim.resource r where r.tenant = of_tenant and r.user_name_key >= low and r.user_name_key < high)
                 union all
                (select r.id from scim.resource r where r.tenant = of_tenant and r.former_name_key >= low and r.former_name_key < high)
                 union all
                (select r.id from scim.resource r
                  where r.tenant = of_tenant and r.display_name_key >= low and r.display_name_key < high and r.type = 'User')
                 union all
                (select r.id from scim.resource r where r.tenant = of_tenant and r.family_name_key >= low and r.family_name_key < high)
                 union all
                (select r.id from scim.resource r where r.tenant = of_tenant and r.given_name_key >= low and r.given_name_key < high)
                 union all
                (select l.resource_id from scim.lookup l
                  where l.tenant = of_tenant and l.attribute = scim.email_attribute() and l.key >= low and l.key < high)
                 union all
                (select r.id from scim.resource r where r.tenant = of_tenant and r.external_id = q and r.type = 'User')
                 union all
                select r.id from scim.resource r where r.tenant = of_tenant and r.id = scim.as_id(q)) x
         limit most);
end
$$;

-- scim.lookup's number for e-mail addresses.
create function scim.email_attribute() returns int
    language plpgsql stable parallel safe
as $$
begin
    return (select i.id from scim.indexed i
             where i.type = 'User' and i.schema is null and i.attribute = 'emails' and i.sub = 'value' and i.multi_valued and i.fold);
end
$$;

-- These accounts are not the same person: each pair of them is no longer listed.
create function scim.admin_duplicate_dismiss(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    ids uuid[];
    n   int;
begin
    select array_agg(distinct scim.find_user(of_tenant, u.value)) into ids from jsonb_array_elements_text(args -> 'users') u;
    if coalesce(cardinality(ids), 0) < 2 then
        perform scim.fail('SC400', 'users', 'Name two accounts at least.');
    elsif cardinality(ids) > 100 then
        perform scim.fail('SC400', 'users', 'Name a hundred accounts at the most.');
    end if;
    insert into scim.not_duplicate (tenant, one, other, decided_by)
    select of_tenant, a.id, b.id, scim.acting()
      from unnest(ids) a (id)
      join unnest(ids) b (id) on a.id < b.id
        on conflict do nothing;
    get diagnostics n = row_count;
    if n > 0 then
        perform scim.note(of_tenant, 'dismiss', 'Duplicate', ids[1]::text, (select string_agg(r.doc ->> 'userName', ', ' order by r.user_name_key)
            from scim.resource r where r.tenant = of_tenant and r.id = any (ids)), null, jsonb_build_object('users', to_jsonb(ids)));
    end if;
    return jsonb_build_object('pairs', n);
end
$$;

-- --- making and changing ---------------------------------------------------------------------------------------------

-- --- deleting, restoring, converting ---------------------------------------------------------------------------------

-- --- protection ------------------------------------------------------------------------------------------------------

-- --- merging ---------------------------------------------------------------------------------------------------------
