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
    if (after ->> 'oneToken')::boolean and not (before ->> 'oneToken')::boolean
        and 1 < (select count(*) from scim.token x where x.tenant = of_tenant and x.revoked is null and x.expires > now())
    then
        perform scim.fail('SC409', 'oneToken', 'The tenant has several valid tokens; revoke all but one first.');
    end if;
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

-- --- tokens ----------------------------------------------------------------------------------------------------------------

alter table scim.token
    add last_used    timestamptz, -- when it let a request through, to a minute or so
    add last_address text,        -- where that came from
    add warned       timestamptz; -- when the log last told that it is near its end

-- Who acts, as it is kept with what he makes.
create function scim.acting() returns text
    language sql stable
    return case current_setting('scim.actor_kind', true) when 'scimctl' then 'scimctl:' else '' end || current_setting('scim.actor', true);

create function scim.token_status(t scim.token) returns text
    language sql stable
as $$
    select case
        when t.revoked is not null then 'revoked'
        when t.expires <= now() then 'expired'
        when t.expires <= now() + interval '14 days' then 'expiring'
        else 'active'
    end
$$;

-- Never its digest.
-- Not in the form that PostgreSQL ties to the columns: their types may change.
create function scim.token_json(t scim.token) returns jsonb
    language sql stable
as $$
    select jsonb_build_object(
        'tenant', t.tenant, 'keyId', t.key_id, 'name', t.name, 'description', t.description, 'status', scim.token_status(t),
        'created', scim.time_text(t.created), 'createdBy', t.created_by, 'expires', scim.time_text(t.expires),
        'revoked', scim.time_text(t.revoked), 'revokedBy', t.revoked_by, 'lastUsed', scim.time_text(t.last_used),
        'lastAddress', t.last_address, 'readOnly', t.read_only, 'addresses', to_jsonb(t.addresses::text[]), 'rate', t.rate,
        'burst', t.burst, 'userId', t.user_id,
        'userName', (select u.doc ->> 'userName' from scim.resource u where u.tenant = t.tenant and u.id = t.user_id))
$$;

-- What of it changes by itself is no part of its version.
create function scim.token_version(token_json jsonb) returns jsonb
    language sql immutable parallel safe
    return token_json - array['status', 'lastUsed', 'lastAddress', 'userName'];

-- The token that has this key id or else this name, an unrevoked one before its revoked namesakes; or a refusal.
create function scim.the_token(of_tenant text, wanted text) returns scim.token
    language plpgsql
as $$
declare
    t scim.token;
begin
    select x.* into t
      from scim.token x
     where x.tenant = of_tenant and (x.key_id = wanted or scim.fold(x.name) = scim.fold(wanted))
     order by x.key_id = wanted desc, x.revoked is null desc, x.name = wanted desc, x.revoked desc
     limit 1
       for update;
    if not found then
        perform scim.fail('SC404', 'token', format('Tenant "%s" has no token with the key id or name "%s"; its list of tokens shows both.',
            of_tenant, wanted));
    end if;
    return t;
end
$$;

create function scim.note_token(action text, before jsonb, after jsonb) returns void
    language plpgsql
as $$
begin
    if scim.token_version(before) is distinct from scim.token_version(after) then
        perform scim.note(after ->> 'tenant', action, 'Token', after ->> 'keyId', after ->> 'name',
                          scim.differing(scim.token_version(before), after),
                          jsonb_strip_nulls(scim.differing(scim.token_version(after), coalesce(before, '{}'))));
    end if;
end
$$;

-- The user that a token shall act as, by id or userName.
create function scim.token_user(of_tenant text, wanted text) returns uuid
    language plpgsql stable
as $$
declare
    found_id uuid;
begin
    select u.id into found_id
      from scim.resource u
     where u.tenant = of_tenant and u.type = 'User' and u.deleted_at is null
       and (u.user_name_key = scim.fold(wanted)
            or u.id = case when wanted ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then wanted::uuid end)
     order by u.user_name_key = scim.fold(wanted)
     limit 1;
    if found_id is null then
        perform scim.fail('SC404', 'user', format('Tenant "%s" has no user with the id or userName "%s".', of_tenant, wanted));
    end if;
    return found_id;
end
$$;

-- What members of `args` say of a token: of the others it stays as it is.
create function scim.token_terms(t scim.token, args jsonb) returns scim.token
    language plpgsql
as $$
begin
    if args ? 'burst' and args ->> 'rate' is null then
        perform scim.fail('SC400', 'burst', 'The option burst needs rate beside it.');
    end if;
    t.description := case when args ? 'description' then args ->> 'description' else t.description end;
    t.read_only := coalesce((args ->> 'readOnly')::boolean, t.read_only, false);
    if args ? 'addresses' then
        t.addresses := case when args -> 'addresses' <> 'null' then
            array(select a.value::cidr from jsonb_array_elements_text(args -> 'addresses') with ordinality a order by a.ordinality) end;
    end if;
    if args ? 'rate' then
        t.rate := (args ->> 'rate')::int;
        t.burst := coalesce((args ->> 'burst')::int, 2 * t.rate);
    end if;
    if args ? 'user' then
        t.user_id := case when args ->> 'user' is not null then scim.token_user(t.tenant, args ->> 'user') end;
    end if;
    return t;
end
$$;

-- When a new token ends: within ten years, leap days included.
create function scim.token_end(wanted text) returns timestamptz
    language plpgsql stable
as $$
declare
    ends timestamptz := coalesce(wanted::timestamptz, now() + interval '30 days');
begin
    if ends <= now() then
        perform scim.fail('SC400', 'expires', 'The expiry of a token must be in the future.');
    end if;
    if ends > now() + interval '3653 days' then
        perform scim.fail('SC400', 'expires', 'The expiry of a token must be at most 3653 days (10 years) from now.');
    end if;
    return ends;
end
$$;

-- Stores a token whose key id and digest the store has made (args), of the name and the terms of `t`.
create function scim.store_token(t scim.token, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    stored scim.token;
begin
    insert into scim.token (tenant, key_id, digest, name, description, created_by, expires, read_only, addresses, rate, burst, user_id)
    values (t.tenant, args ->> 'keyId', decode(args ->> 'digest', 'hex'), t.name, t.description, scim.acting(),
            scim.token_end(args ->> 'expires'), t.read_only, t.addresses, t.rate, t.burst, t.user_id)
    returning * into stored;
    perform scim.note_token('create', null, scim.token_json(stored));
    return scim.token_json(stored);
end
$$;

create function scim.admin_token_add(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    n scim.tenant := scim.the_tenant(of_tenant);
    t scim.token;
    o record;
begin
    select x.name into o
      from scim.token x
     where x.tenant = of_tenant and x.revoked is null and scim.fold(x.name) = scim.fold(args ->> 'name');
    if found then
        perform scim.fail('SC409', 'name', format(
            'Tenant "%s" already has an unrevoked token named "%s"; choose another name or revoke that token first.', of_tenant, o.name));
    end if;
    if n.one_token then
        select x.name into o from scim.token x where x.tenant = of_tenant and x.revoked is null and x.expires > now() limit 1;
        if found then
            perform scim.fail('SC409', null, format(
                'Tenant "%s" has one token at a time, and "%s" is valid. Switch provisioning off and on again for a new one, or revoke that token first.',
                of_tenant, o.name));
        end if;
    end if;
    t.tenant := of_tenant;
    t.name := args ->> 'name';
    return scim.store_token(scim.token_terms(t, args), args);
end
$$;

create function scim.admin_token_set(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    t      scim.token := scim.the_token(of_tenant, args ->> 'token');
    before jsonb := scim.token_json(t);
    after  jsonb;
begin
    perform scim.must_match(scim.token_version(before));
    if t.revoked is not null then
        perform scim.fail('SC409', 'token', format('The token "%s" was revoked; make a new one instead.', t.name));
    end if;
    t := scim.token_terms(t, args);
    update scim.token x
       set description = t.description, read_only = t.read_only, addresses = t.addresses, rate = t.rate, burst = t.burst,
           user_id = t.user_id
     where x.tenant = of_tenant and x.key_id = t.key_id
    returning scim.token_json(x) into after;
    perform scim.note_token('update', before, after);
    return after;
end
$$;

-- Twice is once: what was revoked stays as it is.
create function scim.revoke_token(t scim.token) returns jsonb
    language plpgsql
as $$
declare
    after jsonb;
begin
    update scim.token x
       set revoked = coalesce(x.revoked, now()), revoked_by = coalesce(x.revoked_by, scim.acting())
     where x.tenant = t.tenant and x.key_id = t.key_id
    returning scim.token_json(x) into after;
    perform scim.note_token('revoke', scim.token_json(t), after);
    return after;
end
$$;

create function scim.admin_token_revoke(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    t scim.token := scim.the_token(of_tenant, args ->> 'token');
begin
    perform scim.must_match(scim.token_version(scim.token_json(t)));
    return scim.revoke_token(t);
end
$$;

-- The one token of a tenant is a new one from now on, with the name and the terms of the one before.
create function scim.renew_token(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    t    scim.token;
    last scim.token;
begin
    last.tenant := of_tenant;
    last.name := 'provisioning';
    last.read_only := false;
    for t in select x.* from scim.token x where x.tenant = of_tenant and x.revoked is null order by x.created for update loop
        last := t;
        perform scim.revoke_token(t);
    end loop;
    return scim.store_token(last, args);
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
    if args ->> 'expires' is not null and not ((before ->> 'oneToken')::boolean and not (before ->> 'enabled')::boolean) then
        perform scim.fail('SC400', 'expires', case when (before ->> 'oneToken')::boolean
            then 'expires: the tenant is switched on already, so there is no new token; change the expiry of the one that it has.'
            else 'expires: the tenant has not one token at a time (oneToken), so there is no new one; its tokens keep their expiry.' end);
    end if;
    update scim.tenant t set enabled = true where t.tenant = of_tenant returning scim.tenant_json(t) into after;
    perform scim.note_tenant('enable', before, after);
    return after || jsonb_build_object('token', null, 'issued',
        case when (before ->> 'oneToken')::boolean and not (before ->> 'enabled')::boolean then scim.renew_token(of_tenant, args) end);
end
$$;

reset role;
