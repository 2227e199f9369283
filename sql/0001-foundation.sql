-- Tenants, tokens, resources and memberships.
--
-- The tenant is first in every key (so the schema distributes by tenant as it is). No foreign key leads from the hot
-- tables to scim.tenant: its row would be locked by every insert of the tenant; authentication has read that row in the
-- same transaction already.

do $$
begin
    if not exists (select from pg_roles where rolname = 'scim_owner') then
        create role scim_owner nologin;
    end if;
    -- Logs in, owns nothing. It gets a password, or peer or certificate authentication, from the operator.
    if not exists (select from pg_roles where rolname = 'scim_web') then
        create role scim_web login;
    end if;
    begin
        -- The statements are few, short and made to be planned once: planning them anew, or compiling them, costs more than
        -- running them. And each has an index for its way, whatever the statistics say of groups that happen to be large.
        alter role scim_web set plan_cache_mode = force_generic_plan;
        alter role scim_web set enable_seqscan = off;
        alter role scim_web set enable_hashjoin = off;
        alter role scim_web set enable_mergejoin = off;
        alter role scim_web set jit = off;
        -- What others may define in their schemas means nothing to it; and a time without a zone is UTC, as in C.
        alter role scim_web set search_path = pg_catalog;
        alter role scim_web set timezone = 'UTC';
    exception
        when insufficient_privilege then
            raise warning 'the settings of role scim_web could not be made: %', sqlerrm;
    end;
    -- An administrator who is no superuser must be a member to hand the schema over.
    if not pg_has_role(current_user, 'scim_owner', 'member') then
        execute format('grant scim_owner to %I', current_user);
    end if;
    -- PostgreSQL lets everybody make temporary tables; scim_web defines nothing at all.
    execute format('revoke temporary on database %I from public', current_database());
    if current_setting('server_encoding') <> 'UTF8' then
        raise exception 'the database must be encoded in UTF8, not %', current_setting('server_encoding')
            using hint = 'create it with: createdb --encoding=UTF8 --template=template0 NAME';
    end if;
end
$$;

create schema scim authorization scim_owner;
grant usage on schema scim to scim_web;
set local role scim_owner;

create table scim.migration (
    number  int primary key,
    name    text not null,
    applied timestamptz not null default now()
);

create table scim.tenant (
    tenant       text collate "C" primary key check (tenant ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
    display_name text,
    enabled      boolean not null default true,
    -- What a POST brings back of what was deleted.
    restore      text not null default 'externalId' check (restore in ('externalId', 'userName', 'never')),
    created      timestamptz not null default now()
);

create table scim.token (
    tenant      text collate "C" not null references scim.tenant,
    key_id      text collate "C" not null,
    digest      bytea not null check (length(digest) = 32),
    name        text not null check (name <> ''),
    description text,
    created     timestamptz not null default now(),
    created_by  text not null,
    expires     timestamptz not null,
    revoked     timestamptz,
    revoked_by  text,
    primary key (tenant, key_id)
);
create unique index token_name on scim.token (tenant, name) where revoked is null;

-- Text as it is compared where case does not matter: NFC, case-folded, whatever the database's locale. Folding is made of
-- lower and upper, which differ from it in one letter: the dotless i is no i, though it has the same capital. It waits as
-- a noncharacter meanwhile.
create function scim.fold(value text) returns text
    language sql immutable parallel safe
    return case
        -- As many bytes as characters: ASCII, as most is, which lower() alone folds twenty times as fast.
        when octet_length(value) = length(value) then lower(value collate "C") collate "default"
        else normalize(replace(lower(upper(lower(replace(normalize(value, nfc), U&'\0131', U&'\+10FFFF')
            collate "und-x-icu"))), U&'\+10FFFF', U&'\0131'), nfc) collate "default"
    end;

-- Ends the transaction with a code that the store's table of errors knows (SCnnn).
create function scim.refuse(code text, message text) returns boolean
    language plpgsql volatile
as $$
begin
    raise exception using errcode = code, message = message;
end
$$;

create table scim.resource (
    tenant        text collate "C" not null,
    id            uuid not null,
    type          text collate "C" not null,
    doc           jsonb not null,
    version       bigint not null default 1,
    created       timestamptz not null default now(),
    last_modified timestamptz not null default now(),
    deleted_at    timestamptz,
    nested        boolean not null default false, -- has ever been a member of a group: look for indirect groups

    external_id      text collate "C" generated always as (doc ->> 'externalId') stored,
    user_name_key    text collate "C" generated always as
        (case when type = 'User' and deleted_at is null then scim.fold(doc ->> 'userName') end) stored,
    group_name_key   text collate "C" generated always as
        (case when type = 'Group' and deleted_at is null then scim.fold(doc ->> 'displayName') end) stored,
    display_name_key text collate "C" generated always as (scim.fold(doc ->> 'displayName')) stored,
    -- What a deleted user was called, for a tenant that restores by userName.
    former_name_key  text collate "C" generated always as
        (case when type = 'User' and deleted_at is not null then scim.fold(doc ->> 'userName') end) stored,

    primary key (tenant, id)
) with (fillfactor = 85);

create unique index resource_user_name on scim.resource (tenant, user_name_key);
create unique index resource_group_name on scim.resource (tenant, group_name_key);
create index resource_list on scim.resource (tenant, type, id) where deleted_at is null;
create index resource_external_id on scim.resource (tenant, external_id);
create index resource_display_name on scim.resource (tenant, display_name_key);
create index resource_former_name on scim.resource (tenant, former_name_key) where former_name_key is not null;

-- Values of multi-valued attributes that identity providers look users up by; kept by a trigger, so that it can't drift.
create table scim.lookup (
    tenant      text collate "C" not null,
    attribute   text collate "C" not null,
    key         text collate "C" not null,
    resource_id uuid not null,
    primary key (tenant, attribute, key, resource_id)
);
create index lookup_resource on scim.lookup (tenant, resource_id);

create function scim.keep_lookup() returns trigger
    language plpgsql
as $$
begin
    if tg_op = 'UPDATE' then
        if new.doc -> 'emails' is not distinct from old.doc -> 'emails'
            and (new.deleted_at is null) = (old.deleted_at is null)
        then
            return null;
        end if;
        delete from scim.lookup l where l.tenant = old.tenant and l.resource_id = old.id;
    end if;
    if new.deleted_at is null and new.doc ? 'emails' then
        insert into scim.lookup (tenant, attribute, key, resource_id)
        select new.tenant, 'emails.value', scim.fold(e ->> 'value'), new.id
          from jsonb_array_elements(new.doc -> 'emails') e
         where e ->> 'value' is not null
            on conflict do nothing;
    end if;
    return null;
end
$$;

create trigger keep_lookup after insert or update of doc, deleted_at on scim.resource
    for each row execute function scim.keep_lookup();

create table scim.membership (
    tenant      text collate "C" not null,
    group_id    uuid not null,
    member_id   uuid not null,
    member_type text collate "C" not null,
    added       timestamptz not null default now(),
    primary key (tenant, group_id, member_id)
);
create index membership_member on scim.membership (tenant, member_id, group_id);

create function scim.mark_nested() returns trigger
    language plpgsql
as $$
begin
    update scim.resource r set nested = true where r.tenant = new.tenant and r.id = new.member_id and not r.nested;
    return null;
end
$$;

create trigger mark_nested after insert on scim.membership
    for each row when (new.member_type = 'Group') execute function scim.mark_nested();

-- All groups of a user, those that contain its groups included, as the elements of the JSON list that `groups` is answered
-- with. In plpgsql for its plan, which is then made once for a connection.
create function scim.all_groups(of_tenant text, of_user uuid, base text) returns text
    language plpgsql stable
as $$
begin
    return (with recursive up (group_id, direct) as (
                select m.group_id, true
                  from scim.membership m
                 where m.tenant = of_tenant and m.member_id = of_user
                 union
                select m.group_id, false
                  from up
                  join scim.resource g on g.tenant = of_tenant and g.id = up.group_id and g.deleted_at is null
                  join scim.membership m on m.tenant = of_tenant and m.member_id = up.group_id)
            select string_agg(concat('{"value":"', g.id, '","$ref":', to_json(base || '/Groups/' || g.id),
                                     ',"display":', to_json(g.doc ->> 'displayName'),
                                     ',"type":"', case when u.direct then 'direct' else 'indirect' end, '"}'),
                              ',' order by g.id)
              from (select group_id, bool_or(direct) as direct from up group by group_id) u
              join scim.resource g on g.tenant = of_tenant and g.id = u.group_id and g.deleted_at is null);
end
$$;

-- The second wall: whatever a statement says, the web role sees and writes one tenant, the one that authentication has set.
do $$
declare
    t text;
begin
    foreach t in array array ['tenant', 'token', 'resource', 'lookup', 'membership'] loop
        execute format('alter table scim.%I enable row level security', t);
        execute format('alter table scim.%I force row level security', t);
        execute format('create policy web on scim.%I to scim_web using (tenant = current_setting(''scim.tenant'', true))', t);
        execute format('create policy owner on scim.%I to scim_owner using (true)', t);
    end loop;
end
$$;

grant select on scim.migration, scim.tenant, scim.token to scim_web;
grant select, insert, update on scim.resource to scim_web;
grant select, insert, delete on scim.lookup, scim.membership to scim_web;

reset role;
