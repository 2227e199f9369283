-- Tenants: their settings, which their tokens have copies of, and what administrators do with them.

-- --- copies of settings, for authentication --------------------------------------------------------------------------

create function scim.keeps(t scim.tenant) returns text
    language sql immutable
as $$
    select nullif(concat(case when t.activity_reads < 100 then t.activity_reads end,
                         case when t.activity_bodies then '+' when t.activity_mask <> '{}' then '-' end, array_to_string(t.activity_mask, ',')), '')
$$;

-- w: scim.watch has something to look at; r: rules for accounts; t: templates; p: protected accounts; n: activity does not show what
-- users are called, userName; d: nor displayName.
create function scim.traits(t scim.tenant) returns text
    language sql stable
as $$
    select concat('-',
        case when t.dry_run or t.guard_limit is not null or t.guard_share is not null
                  or exists (select from scim.hold h where h.tenant = t.tenant and h.state = 'rejected' and h.decided > now() - interval '1 day')
             then 'w' end,
        case when t.user_name_email or t.derive_display_name or t.role_wins <> 'sync' then 'r' end,
        case when exists (select from scim.template x where x.tenant = t.tenant) then 't' end,
        case when exists (select from scim.resource x where x.tenant = t.tenant and x.protected is not null) then 'p' end,
        case when 'username' = any (lower(t.activity_mask::text)::text[]) then 'n' end,
        case when 'displayname' = any (lower(t.activity_mask::text)::text[]) then 'd' end)
$$;

-- The same of a token. m: it is for its user alone, /Me.
create function scim.token_traits(t scim.tenant, confined boolean) returns text
    language sql stable
as $$
    select scim.traits(t) || case when confined then 'm' else '' end
$$;

create function scim.mask_trait(attribute text) returns text
    language sql immutable
    return case attribute when 'userName' then 'n' else 'd' end;

-- Gives a tenant's tokens their copies anew; each change of what they are copies of does so, in its own transaction, and raises the version
-- of the rules with it. One at a time, so that each sees what the one before has changed: nothing else makes who marks a user and who sets the guard wait
-- for one another.
create function scim.spread(of_tenant text) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform from scim.tenant t where t.tenant = of_tenant for no key update;
    update scim.token k
       set tenant_enabled = t.enabled, tenant_profile = t.profile, tenant_nests = t.nests, keeps = scim.keeps(t),
           traits = scim.token_traits(t, k.confined), rules = k.rules + 1
      from scim.tenant t
     where t.tenant = of_tenant and k.tenant = t.tenant;
end
$$;
revoke execute on function scim.spread from public;
grant execute on function scim.spread to scim_manage;

-- --- what administrators do ------------------------------------------------------------------------------------------

-- Every column that is not internal, so that a new setting is shown by being there.
create function scim.tenant_json(t scim.tenant) returns jsonb
    language sql stable
as $$
    select jsonb_object_agg(scim.camel(a.attname::text),
                       case a.atttypid
                           when 'timestamptz'::regtype then to_jsonb(scim.time_text((to_jsonb(t) ->> a.attname)::timestamptz))
                           else to_jsonb(t) -> a.attname
                       end)
              from pg_attribute a
             where a.attrelid = 'scim.tenant'::regclass and a.attnum > 0 and not a.attisdropped
               and col_description(a.attrelid, a.attnum) is distinct from 'internal'
$$;

-- How many it has: on the wire, and local ones. Volatile, so that it sees what the statement that asks has changed.
create function scim.tenant_counted(tenant_json jsonb) returns jsonb
    language sql volatile
    return tenant_json || jsonb_build_object(
        'users', (select coalesce(sum(y.n), 0) from scim.tally y where y.tenant = tenant_json ->> 'tenant' and y.type = 'User'),
        'groups', (select coalesce(sum(y.n), 0) from scim.tally y where y.tenant = tenant_json ->> 'tenant' and y.type = 'Group'),
        'localUsers', (select count(*) from scim.resource r
                        where r.tenant = tenant_json ->> 'tenant' and r.type = 'User' and r.source <> 'scim' and r.deleted_at is null));

-- The tenant, which nobody else changes from then on.
create function scim.the_tenant(of_tenant text) returns scim.tenant
    language plpgsql
as $$
declare
    t scim.tenant;
begin
    select x.* into t from scim.tenant x where x.tenant = of_tenant for no key update;
    if not found then
        perform scim.fail('SC404', null, format('There is no tenant "%s"; create it first or correct the name.', of_tenant));
    end if;
    return t;
end
$$;

-- The roles of a list, as they are written, each once. Refuses what is none.
create function scim.roles_named(of_tenant text, names jsonb) returns jsonb
    language plpgsql
as $$
declare
    named text;
    list  jsonb := '[]';
begin
    for named in select n.value from jsonb_array_elements_text(names) with ordinality n order by n.ordinality loop
        if scim.keep_role(of_tenant, scim.find_role(of_tenant, named)) is null then
            perform scim.fail('SC400', 'reservedRoles', format('Role not found: %s', named));
        end if;
        list := list || to_jsonb(array(select scim.find_role(of_tenant, named) where not list ? scim.find_role(of_tenant, named)));
    end loop;
    return list;
end
$$;

-- Refuses that what is reserved is given by provisioning after all. `given` is what has been set of the tenant.
create function scim.must_not_contradict(t scim.tenant, given jsonb) returns void
    language plpgsql
as $$
declare
    what record;
begin
    if t.default_role = any (t.reserved_roles) and given ? 'default_role' then
        perform scim.fail('SC409', 'defaultRole', format('The role "%s" is reserved (reservedRoles): provisioning would give it to each new user.', t.default_role));
    elsif t.default_role = any (t.reserved_roles) then
        perform scim.fail('SC409', 'reservedRoles', format('The role "%s" is the default one (defaultRole); choose another default first.', t.default_role));
    end if;
    select m.role, g.doc ->> 'displayName' as name into what
      from scim.mapping m
      join scim.resource g on g.tenant = m.tenant and g.id = m.group_id
     where m.tenant = t.tenant and m.role = any (t.reserved_roles)
     order by m.id limit 1;
    if found then
        perform scim.fail('SC409', 'reservedRoles', format('The role "%s" is mapped to the group "%s"; remove that mapping first.', what.role, what.name));
    end if;
    select x.role, x.name into what from scim.template x where x.tenant = t.tenant and x.role = any (t.reserved_roles) order by x.priority, x.id limit 1;
    if found then
        perform scim.fail('SC409', 'reservedRoles', format('The role "%s" is given by the template "%s"; change that first.', what.role, what.name));
    end if;
end
$$;

-- Sets the columns that members of `args` are called like, and no others. The default role is one
-- that there is, and stays.
create function scim.set_tenant(of_tenant text, args jsonb) returns scim.tenant
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
    if given ? 'reserved_roles' then
        given := given || jsonb_build_object('reserved_roles', scim.roles_named(of_tenant, given -> 'reserved_roles'));
    end if;
    if given is null then
        return scim.the_tenant(of_tenant);
    end if;
    execute format('update scim.tenant t set (%s) = (select %s from jsonb_populate_record(t, $2) x) where t.tenant = $1 returning t.*',
                   targets, sources)
       into t using of_tenant, given;
    if given ?| array['default_role', 'reserved_roles'] then
        perform scim.must_not_contradict(t, given);
    end if;
    perform scim.spread(of_tenant);
    return t;
end
$$;

create function scim.note_tenant(action text, before jsonb, after jsonb) returns void
    language plpgsql
as $$
begin
    if before is distinct from after then
        perform scim.note(after ->> 'tenant', action, 'Tenant', after ->> 'tenant', after ->> 'displayName',
                          scim.differing(before, after), scim.differing(after, coalesce(before, '{}')));
    end if;
end
$$;

create function scim.admin_tenant_add(args jsonb) returns jsonb
    language plpgsql
as $$
declare
    made text;
begin
    if exists (select from scim.audit a where a.tenant = args ->> 'tenant')
        and not exists (select from scim.tenant t where t.tenant = args ->> 'tenant') then
        perform scim.fail('SC409', 'tenant', format('There was a tenant "%s", whose audit log is kept under this name; choose another name.', args ->> 'tenant'));
    end if;
    insert into scim.tenant (tenant) values (args ->> 'tenant') on conflict do nothing returning tenant into made;
    if made is null then
        perform scim.fail('SC409', 'tenant', format('There is a tenant "%s" already; choose another name.', args ->> 'tenant'));
    end if;
    perform scim.add_built_in_roles(made);
    perform scim.note_tenant('create', null, scim.tenant_json(scim.set_tenant(made, args)));
    return scim.tenant_json(scim.the_tenant(made));
end
$$;

-- Gives each user the key of the login attribute that the tenant has from now on. Refuses where several would have the same.
create function scim.set_logins(of_tenant text, attribute text) returns void
    language plpgsql
as $$
declare
    clash text;
begin
    if attribute <> 'email' then
        update scim.resource r set login_key = null where r.tenant = of_tenant and r.login_key is not null;
        return;
    end if;
    select string_agg(format('"%s" (%s)', c.key, array_to_string(c.names[1:5], ', ') || case when cardinality(c.names) > 5 then ', ...' else '' end), ', ')
           filter (where c.place <= 5) || case when count(*) > 5 then ', ...' else '' end
      into clash
      from (select m.key, array_agg(m.name order by m.name_key) as names, row_number() over (order by m.key) as place
              from (select scim.fold(scim.account_email(r.doc)) as key, r.doc ->> 'userName' as name, r.user_name_key as name_key
                      from scim.resource r
                     where r.tenant = of_tenant and r.type = 'User' and r.deleted_at is null) m
             where m.key is not null
             group by m.key
            having count(*) > 1
             order by m.key
             limit 6) c;
    if clash is not null then
        perform scim.fail('SC409', 'loginAttribute', format('Several users would have the same login: %s. Give all but one of them another primary '
            'e-mail address, or merge those that are the same person, and set it again.', clash));
    end if;
    update scim.resource r
       set login_key = scim.fold(scim.account_email(r.doc))
     where r.tenant = of_tenant and r.type = 'User' and r.deleted_at is null and scim.account_email(r.doc) is not null;
end
$$;

-- What the policy gives from now on is given since now.
create function scim.choose_policy(of_tenant text, policy text) returns void
    language sql
    begin atomic
        update scim.mapping p set since = now()
          from scim.tenant t
         where policy = 'groups' and t.tenant = of_tenant and t.sync_policy <> policy and p.tenant = of_tenant;
        update scim.subscription s set automatic_since = now()
          from scim.tenant t
         where policy = 'all' and t.tenant = of_tenant and t.sync_policy <> policy and s.tenant = of_tenant and s.automatic;
        update scim.tenant t set sync_policy = policy where t.tenant = of_tenant and t.sync_policy <> policy;
    end;

create function scim.admin_tenant_set(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    before jsonb;
    after  jsonb;
begin
    if args ? 'loginAttribute' then
        perform pg_advisory_xact_lock(scim.login_lock(of_tenant));
    end if;
    before := scim.tenant_json(scim.the_tenant(of_tenant));
    perform scim.must_match(before);
    if args ? 'syncPolicy' then
        perform scim.choose_policy(of_tenant, args ->> 'syncPolicy');
    end if;
    after := scim.tenant_json(scim.set_tenant(of_tenant, args));
    if after ->> 'loginAttribute' <> before ->> 'loginAttribute' then
        perform scim.set_logins(of_tenant, after ->> 'loginAttribute');
    end if;
    -- What was taken before there was a guard counts too.
    if before -> 'guardLimit' = 'null' and before -> 'guardShare' = 'null' and (after -> 'guardLimit' <> 'null' or after -> 'guardShare' <> 'null') then
        perform scim.add_up_losses(of_tenant);
    end if;
    if (after ->> 'oneToken')::boolean and not (before ->> 'oneToken')::boolean
        and 1 < (select count(*) from scim.token x where x.tenant = of_tenant and x.revoked is null and x.expires > now())
    then
        perform scim.fail('SC409', 'oneToken', 'The tenant has several valid tokens; revoke all but one first.');
    end if;
    perform scim.note_tenant('update', before, after);
    return after;
end
$$;
