-- What administrators set for a tenant and do with its tokens.

set local role scim_owner;

alter table scim.tenant
    -- Whom the identity provider gives access: nobody, all, or members of mapped groups.
    add sync_policy  text not null default 'manual' check (sync_policy in ('manual', 'all', 'groups')),
    -- What a login grants where the policy above says nothing.
    add login_policy text not null default 'manual' check (login_policy in ('manual', 'first-login')),
    -- There is one token at a time, which switching off and on again renews.
    add one_token    boolean not null default false;
-- What administrators neither see nor set.
comment on column scim.tenant.nests is 'internal';

-- --- tenants ---------------------------------------------------------------------------------------------------------------

-- Every column that is not internal, so that a new setting is shown by being there.
create function scim.tenant_json(t scim.tenant) returns jsonb
    language sql stable
    return (select jsonb_object_agg(scim.camel(a.attname::text),
                       case a.atttypid
                           when 'timestamptz'::regtype then to_jsonb(scim.time_text((to_jsonb(t) ->> a.attname)::timestamptz))
                           else to_jsonb(t) -> a.attname
                       end)
              from pg_attribute a
             where a.attrelid = 'scim.tenant'::regclass and a.attnum > 0 and not a.attisdropped
               and col_description(a.attrelid, a.attnum) is distinct from 'internal');

-- How many it has: on the wire, and local ones.
create function scim.tenant_counted(tenant_json jsonb) returns jsonb
    language sql stable
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

-- Sets the columns that members of `args` are called like, and no others.
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
        given := given || jsonb_build_object('default_role', scim.find_role(of_tenant, given ->> 'default_role'));
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
    insert into scim.tenant (tenant) values (args ->> 'tenant') on conflict do nothing returning tenant into made;
    if made is null then
        perform scim.fail('SC409', 'tenant', format('There is a tenant "%s" already; choose another name.', args ->> 'tenant'));
    end if;
    perform scim.note_tenant('create', null, scim.tenant_json(scim.set_tenant(made, args)));
    return scim.tenant_json(scim.the_tenant(made));
end
$$;

create function scim.admin_tenant_set(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    before jsonb := scim.tenant_json(scim.the_tenant(of_tenant));
    after  jsonb;
begin
    perform scim.must_match(before);
    after := scim.tenant_json(scim.set_tenant(of_tenant, args));
    perform scim.note_tenant('update', before, after);
    return after;
end
$$;

-- What becomes of the accounts that the identity provider has made: they stay, become local, or are deactivated. Protected ones stay.
create function scim.settle_accounts(of_tenant text, accounts text) returns bigint
    language plpgsql
as $$
declare
    changed bigint := 0;
begin
    if accounts = 'local' then
        update scim.resource r
           set source = 'local', version = r.version + 1, last_modified = now()
         where r.tenant = of_tenant and r.type in ('User', 'Group') and r.wire and r.source = 'scim' and r.protected is null;
        get diagnostics changed = row_count;
    elsif accounts = 'deactivate' then
        update scim.resource r
           set doc = r.doc || '{"active": false}', version = r.version + 1, last_modified = now()
         where r.tenant = of_tenant and r.type = 'User' and r.wire and r.source = 'scim' and r.protected is null
           and coalesce((r.doc ->> 'active')::boolean, true);
        get diagnostics changed = row_count;
    end if;
    return changed;
end
$$;

create function scim.admin_tenant_disable(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    before  jsonb := scim.tenant_json(scim.the_tenant(of_tenant));
    after   jsonb;
    changed bigint;
begin
    perform scim.must_match(before);
    update scim.tenant t set enabled = false where t.tenant = of_tenant returning scim.tenant_json(t) into after;
    changed := scim.settle_accounts(of_tenant, args ->> 'accounts');
    perform scim.note_tenant('disable', before,
                             after || jsonb_build_object('accounts', args ->> 'accounts', 'accountsChanged', changed));
    return after;
end
$$;

create function scim.admin_tenant_enable(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    before jsonb := scim.tenant_json(scim.the_tenant(of_tenant));
    after  jsonb;
begin
    perform scim.must_match(before);
    update scim.tenant t set enabled = true where t.tenant = of_tenant returning scim.tenant_json(t) into after;
    perform scim.note_tenant('enable', before, after);
    return after;
end
$$;

reset role;
