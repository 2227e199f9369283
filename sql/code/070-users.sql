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
    language sql stable
    return coalesce((select t.derive_display_name from scim.tenant t where t.tenant = of_tenant), false);

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
    language sql stable
    return coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'displayName', g.doc ->> 'displayName', 'source', g.source)
                                      order by g.id)
                       from scim.membership m
                       join scim.resource g on g.tenant = m.tenant and g.id = m.group_id and g.deleted_at is null
                      where m.tenant = of_tenant and m.member_id = of_user), '[]');

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
    language sql stable
as $$
    select scim.user_row(r) || jsonb_build_object(
        'givenName', r.doc -> 'name' ->> 'givenName', 'familyName', r.doc -> 'name' ->> 'familyName',
        'name', coalesce(r.doc -> 'name', '{}'), 'emails', coalesce(r.doc -> 'emails', '[]'),
        'phoneNumbers', coalesce(r.doc -> 'phoneNumbers', '[]'), 'externalId', r.doc ->> 'externalId',
        'groups', scim.user_groups(r.tenant, r.id),
        'links', coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'issuer', l.issuer, 'subject', l.subject,
                                                               'linked', scim.time_text(l.linked)) order by l.id)
                             from scim.link l where l.tenant = r.tenant and l.user_id = r.id), '[]'),
        'locked', scim.locked_fields(r), 'mergedInto', r.merged_into)
$$;

-- --- lists -----------------------------------------------------------------------------------------------------------

-- How many a search or a filter finds by an index, at the most, to be looked at one by one. Where there are more, each account in the
-- order of the list is asked whether it is one of them: as there are many, a page is soon full.
create function scim.search_most() returns int
    language sql immutable parallel safe
    return 20000;

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
    language sql stable parallel safe
    return (select i.id from scim.indexed i
             where i.type = 'User' and i.schema is null and i.attribute = 'emails' and i.sub = 'value' and i.multi_valued and i.fold);

-- The condition that a list's arguments make. A text of its own for each, so that it is planned for what is asked: which index is
-- the shortest way differs. Values are $1 tenant, $2 arguments, $4 and $5 where a page begins, $6 what scim.user_filters has found.
create function scim.user_condition(args jsonb) returns text
    language sql immutable
    return concat_ws(' and ', 'r.tenant = $1', 'r.type = ''User''',
        case args ->> 'state'
            when 'deleted' then 'r.deleted_at is not null'
            when 'active' then 'r.deleted_at is null and r.active'
            when 'inactive' then 'r.deleted_at is null and not r.active'
            else 'r.deleted_at is null'
        end,
        case args ->> 'source'
            when 'local' then 'r.source = ''local'' and r.source <> ''scim'''
            when 'scim' then concat('r.source = ''scim''', case when args ->> 'state' is distinct from 'deleted' then ' and r.wire' end)
        end,
        case when args ? 'flag' then 'r.flags is not null and $2 ->> ''flag'' = any (r.flags)' end,
        case args ->> 'protected' when 'true' then 'r.protected is not null' when 'false' then 'r.protected is null' end);

-- What a filter has found: the accounts themselves (ids) where they are few, else a condition of its own about the row r, in which $6 are
-- `groups`.
create type scim.found as (ids uuid[], condition text, groups uuid[]);

-- Accounts by a text: those of whom something starts so. Where nobody does, those that have it anywhere in a name or an e-mail address,
-- accents aside, which reads the keys of the tenant.
create function scim.find_by_text(of_tenant text, q text) returns scim.found
    language plpgsql stable
as $$
declare
    f    scim.found;
    low  text := left(scim.fold(q), 256);
    high text := low || U&'\+10FFFF';
    part text := scim.plain(scim.fold(q));
begin
    f.ids := scim.search_users(of_tenant, q, scim.search_most());
    if cardinality(f.ids) >= scim.search_most() then
        f.ids := null;
        f.condition := format('(r.user_name_key >= %1$L and r.user_name_key < %2$L or r.former_name_key >= %1$L and r.former_name_key < %2$L'
            ' or r.display_name_key >= %1$L and r.display_name_key < %2$L or r.family_name_key >= %1$L and r.family_name_key < %2$L'
            ' or r.given_name_key >= %1$L and r.given_name_key < %2$L or r.external_id = %3$L'
            ' or exists (select from jsonb_array_elements(case jsonb_typeof(r.doc -> ''emails'') when ''array'' then r.doc -> ''emails'' end) e'
            ' where left(scim.fold(e.value ->> ''value''), 256) >= %1$L and left(scim.fold(e.value ->> ''value''), 256) < %2$L))',
            low, high, q);
    elsif f.ids = '{}' then
        f.ids := null;
        f.groups := array(select l.resource_id
                            from scim.lookup l
                           where l.tenant = of_tenant and l.attribute = scim.email_attribute() and strpos(l.key, part) > 0
                           limit scim.search_most());
        f.condition := (select '(' || string_agg(format('strpos(r.%1$s_key, %2$L) > 0 or octet_length(r.%1$s_key) > length(r.%1$s_key) and strpos(scim.plain(r.%1$s_key), %2$L) > 0',
                                                        k, part), ' or ') || ' or r.id = any ($6))'
                          from unnest(array ['user_name', 'former_name', 'display_name', 'family_name', 'given_name']) k);
    end if;
    return f;
end
$$;

-- That the row r is a member of one of the groups $6: a look-up for each row. As `exists` it might be planned as a list of all members.
create function scim.is_member() returns text
    language sql immutable
    return '(select true from scim.membership m where m.tenant = r.tenant and m.member_id = r.id and m.group_id = any ($6) limit 1)';

-- The accounts in these groups of which a condition is true, be they few or many.
create function scim.few_or_many(of_tenant text, of_groups uuid[], condition text) returns scim.found
    language plpgsql stable
as $$
declare
    f scim.found;
begin
    f.groups := of_groups;
    f.ids := array(select distinct m.member_id
                     from (select m.member_id
                             from unnest(of_groups) g (id)
                            cross join lateral (
                                    select m.member_id from scim.membership m where m.tenant = of_tenant and m.group_id = g.id limit scim.search_most() + 1) m
                            limit scim.search_most() + 1) m);
    if cardinality(f.ids) <= scim.search_most() then
        execute format('select array(select r.id from unnest($2) u (id) join scim.resource r on r.tenant = $1 and r.id = u.id where %s)', condition)
           into f.ids using of_tenant, f.ids;
    else
        f.ids := null;
        f.condition := format('%s and %s', scim.is_member(), condition);
    end if;
    return f;
end
$$;

-- Accounts in a group, or in groups that are in it.
create function scim.find_by_group(of_tenant text, of_group uuid) returns scim.found
    language plpgsql stable
as $$
declare
    of_groups uuid[];
begin
    with recursive down (id) as (
        select of_group
         union
        select m.member_id
          from down d
          join scim.membership m on m.tenant = of_tenant and m.group_id = d.id and m.member_type = 'Group')
    select array_agg(d.id) into of_groups from down d;
    return scim.few_or_many(of_tenant, of_groups, 'true');
end
$$;

-- Accounts whose role in effect is the tenant's default: it is their own, or they have none and are in no group that gives one, unless
-- that group gives this one.
create function scim.find_default_role(of_tenant text, wanted text) returns scim.found
    language plpgsql stable
as $$
declare
    f     scim.found;
    asked text := format('(scim.role_in_effect(r.tenant, r.id, r.role)).role = %L', wanted);
begin
    f.groups := array(select d.via from scim.reach_direct d where d.tenant = of_tenant and d.role is not null
                       union
                      select d.via from scim.reach_nested d where d.tenant = of_tenant and d.role is not null);
    f.condition := format('(r.role = %L or r.role is null and case when r.protected is not null then %s when r.active and %s then %s else true end)',
        wanted, asked, scim.is_member(),
        case when exists (select from scim.mapping p where p.tenant = of_tenant and p.role = wanted) then asked else 'false' end);
    return f;
end
$$;

-- Accounts whose role in effect this is. What is not their own comes by groups, or, where the account is protected, by what it has kept.
create function scim.find_by_role(of_tenant text, wanted text) returns scim.found
    language plpgsql stable
as $$
declare
    f     scim.found;
    asked text := format('(scim.role_in_effect(r.tenant, r.id, r.role)).role = %L', wanted);
begin
    if exists (select from scim.tenant t where t.tenant = of_tenant and t.default_role = wanted) then
        return scim.find_default_role(of_tenant, wanted);
    end if;
    select array_agg(distinct d.via) into f.groups
      from (select d.via from scim.reach_direct d where d.tenant = of_tenant and d.role = wanted
             union all
            select d.via from scim.reach_nested d where d.tenant = of_tenant and d.role = wanted) d;
    f := scim.few_or_many(of_tenant, coalesce(f.groups, '{}'), 'r.role is null and ' || asked);
    if f.ids is null then
        f.condition := format('(r.role = %L or %s)', wanted, f.condition);
        return f;
    end if;
    f.groups := f.ids || array(select r.id
                                 from scim.resource r
                                where r.tenant = of_tenant and r.protected is not null and r.role is null
                                  and (scim.role_in_effect(r.tenant, r.id, r.role)).role = wanted);
    f.ids := null;
    f.condition := case when f.groups = '{}' then format('r.role = %L', wanted) else format('(r.role = %L or r.id = any ($6))', wanted) end;
    return f;
end
$$;

-- Accounts that something gives a subscription, be it that they wait for a seat.
create function scim.find_by_subscription(of_tenant text, s scim.subscription) returns scim.found
    language plpgsql stable
as $$
declare
    f scim.found;
begin
    f.ids := array(select distinct g.user_id
                     from (select g.user_id from scim.ground g where g.tenant = of_tenant and g.subscription_id = s.id limit scim.search_most() + 1) g);
    if cardinality(f.ids) <= scim.search_most() then
        return f;
    end if;
    -- As the view scim.ground has it, of one account.
    f.ids := null;
    f.groups := array(select d.via from scim.reach_direct d where d.tenant = of_tenant and d.subscription_id = s.id
                       union
                      select d.via from scim.reach_nested d where d.tenant = of_tenant and d.subscription_id = s.id);
    f.condition := concat('(', case when exists (select from scim.reach_all a where a.tenant = of_tenant and a.subscription_id = s.id)
                                    then 'r.active and r.protected is null and r.source = ''scim'' and r.wire or ' end,
        'r.active and r.protected is null and ', scim.is_member(),
        format(' or (select true from scim.reach_grant g where g.tenant = r.tenant and g.user_id = r.id and g.subscription_id = %L limit 1))', s.id));
    return f;
end
$$;

-- The filters of a list that are not about the row itself: one condition, in which $6 are `sets`, the ids that each of them has found.
create function scim.user_filters(of_tenant text, args jsonb, out condition text, out sets jsonb)
    language plpgsql stable
as $$
declare
    f    scim.found;
    kind text;
begin
    sets := '{}';
    condition := 'true';
    foreach kind in array array ['q', 'role', 'group', 'subscription'] loop
        continue when not args ? kind;
        f := case kind
                 when 'q' then scim.find_by_text(of_tenant, args ->> 'q')
                 when 'role' then scim.find_by_role(of_tenant, args ->> 'role')
                 when 'group' then scim.find_by_group(of_tenant, (args ->> 'group')::uuid)
                 else scim.find_by_subscription(of_tenant, scim.the_subscription(of_tenant, args ->> 'subscription'))
             end;
        sets := sets || jsonb_build_object(kind, coalesce(f.ids, f.groups, '{}'));
        condition := condition || ' and ' || replace(case when f.ids is null then f.condition else 'r.id = any ($6)' end, '$6',
            format('(select array(select x::uuid from jsonb_array_elements_text($6 -> %L) x))::uuid[]', kind));
    end loop;
end
$$;

-- As it was, but in both directions. A key that is null, as that of a group or a deleted user, would come first when the order is
-- descending. All users by age are those on the wire and those that are not: the index that has both has the groups in between, and
-- where it looks as cheap, a page could begin with thousands of these. So the type is part of the order, and given as a range: an order
-- by what equals a constant is none.
create function scim.admin_user_list(of_tenant text, args jsonb) returns jsonb
    language plpgsql stable
as $$
declare
    by_age     boolean := args ->> 'sort' is not distinct from 'created';
    whole      boolean := by_age and args ->> 'state' is distinct from 'deleted'
                              and not args ?| array ['q', 'source', 'role', 'flag', 'protected', 'group', 'subscription'];
    by_former  boolean := not by_age and args ->> 'state' is not distinct from 'deleted';
    wanted     text := scim.find_role(of_tenant, args ->> 'role');
    most       int := scim.most(args);
    after      scim.resource;
    filters    record;
    condition  text;
    conditions text[];
    pairs      jsonb;
begin
    if args ? 'role' then
        if wanted is null then
            perform scim.fail('SC400', 'role', format('Role not found: %s', args ->> 'role'));
        end if;
        args := args || jsonb_build_object('role', wanted);
    end if;
    if args ? 'group' then
        args := args || jsonb_build_object('group', (scim.the_group(of_tenant, args ->> 'group')).id);
    end if;
    if args ? 'flag' then
        if not exists (select from scim.flag f where f.tenant = of_tenant and f.name_key = scim.fold(args ->> 'flag')) then
            perform scim.fail('SC400', 'flag', format('There is no flag "%s".', args ->> 'flag'));
        end if;
        args := args || jsonb_build_object('flag', (select f.name from scim.flag f
                                                     where f.tenant = of_tenant and f.name_key = scim.fold(args ->> 'flag')));
    end if;
    if args ? 'after' then
        select r.* into after from scim.resource r where r.tenant = of_tenant and r.id = (args ->> 'after')::uuid and r.type = 'User';
        if after.id is null then
            perform scim.fail('SC400', 'after', 'The user that the page before ended with is there no more; begin again with the first page.');
        end if;
    end if;
    select x.condition, x.sets into filters from scim.user_filters(of_tenant, args) x;
    condition := concat_ws(' and ', scim.user_condition(args), nullif(filters.condition, 'true'),
        case when by_former then 'r.former_name_key is not null' when not by_age then 'r.user_name_key is not null' end,
        case when args ? 'after' then
            format(case when by_age then 'r.id %s $4' when by_former then '(r.former_name_key, r.id) %s ($5, $4)' else 'r.user_name_key %s $5' end,
                   scim.beyond(args))
        end);
    if whole then
        condition := replace(condition, 'r.type = ''User''', 'r.type >= ''User'' and r.type <= ''User''');
        conditions := array [condition || ' and r.wire', condition || ' and r.source <> ''scim'' and not r.wire'];
    else
        conditions := array [condition];
    end if;
    execute format('select coalesce(jsonb_agg(jsonb_build_array(x.id, x.shown) order by x.n), ''[]'')
                      from (select p.id, scim.user_row(p) as shown, row_number() over () as n from (%s) p) x',
                   scim.first_rows(conditions,
                                   format(case when whole then 'r.type %1$s, r.id %1$s' when by_age then 'r.id %1$s' when by_former then 'r.former_name_key %1$s, r.id %1$s'
                                               else 'r.user_name_key %1$s' end, scim.direction(args)), most + 1))
       into pairs
      using of_tenant, args, null::uuid[], after.id, scim.fold(after.doc ->> 'userName'), filters.sets;
    return scim.paged(pairs, most);
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
