-- Schemas, tables, indexes, row-level security and grants. The roles are made by
-- sql/roles.sql; views, functions and triggers are in sql/code/.
--
-- The tenant is first in every key (so the schema distributes by tenant as it is). No foreign key leads from the hot
-- tables to scim.tenant: its row would be locked by every insert of the tenant; authentication has read that row in the
-- same transaction already.

create schema scim authorization scim_owner;
grant usage on schema scim to scim_web, scim_manage;
create schema scim_app authorization scim_owner;
grant usage on schema scim_app to scim_app, scim_web, scim_manage;
set local role scim_owner;

create table scim.migration (
    number  int primary key,
    name    text not null,
    applied timestamptz not null default now()
);

-- Which sql/code/ the views, functions and triggers were made from: one row.
create table scim.code (
    single   boolean primary key default true check (single),
    checksum text not null,
    replaced timestamptz not null default now()
);

-- The installation's secret: cursors are signed with it. Another one makes all cursors invalid.
create table scim.secret (
    single boolean primary key default true check (single),
    key    bytea not null check (length(key) = 32)
);

-- 244 random bits.
insert into scim.secret (key) values (sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea));

-- --- functions that tables are made of ------------------------------------------------------------------------------------

-- What is stored was made by them: another definition is a migration, which makes what is stored anew.

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

-- An id as the module makes them: a UUID of version 7, made of a time.
create function scim.new_id(at timestamptz) returns uuid
    language sql volatile
    return encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
               placing substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;
revoke execute on function scim.new_id from public;
grant execute on function scim.new_id to scim_web, scim_manage;

-- --- tenants and tokens -----------------------------------------------------------------------------------------------------

create table scim.tenant (
    tenant       text collate "C" primary key check (tenant ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
    display_name text,
    enabled      boolean not null default true,
    -- What a POST brings back of what was deleted.
    restore      text not null default 'externalId' check (restore in ('externalId', 'userName', 'never')),
    created      timestamptz not null default now(),
    profile      text not null default 'lenient' check (profile in ('lenient', 'rfc', 'interop')),
    nests        boolean not null default false, -- a group has ever been a member of a group: look for indirect groups
    default_role text not null default 'user',
    -- When the identity provider's role counts: with each of its writes, or with the first one alone.
    role_wins    text not null default 'sync' check (role_wins in ('sync', 'creation')),
    -- userName must be an e-mail address.
    user_name_email boolean not null default false,
    -- displayName is made of the name, whatever is sent.
    derive_display_name boolean not null default false,
    -- Whom the identity provider gives access: nobody, all, or members of mapped groups.
    sync_policy  text not null default 'manual' check (sync_policy in ('manual', 'all', 'groups')),
    -- What a login grants where the policy above says nothing.
    login_policy text not null default 'manual' check (login_policy in ('manual', 'first-login')),
    -- There is one token at a time, which switching off and on again renews.
    one_token    boolean not null default false,
    -- A POST whose userName or e-mail is a local account's: refused, or that account becomes the provisioned one.
    local_match  text not null default 'refuse' check (local_match in ('refuse', 'adopt')),
    -- What a deletion leaves: the row with its history, or nothing.
    deletion     text not null default 'keep' check (deletion in ('keep', 'erase')),
    -- What people log in by.
    login_attribute text not null default 'userName' check (login_attribute in ('userName', 'email')),
    -- How many groups may stand in one another: a group in a group is 2.
    group_depth  int not null default 10 check (group_depth between 1 and 100),
    -- Requests are checked and answered as if they were carried out, and change nothing.
    dry_run      boolean not null default false,
    -- How many people may lose access by provisioning within an hour: so many, and so many of a hundred active users that
    -- provisioning can reach. Null: no limit.
    guard_limit  int check (guard_limit > 0),
    guard_share  int check (guard_share between 1 and 100),
    -- Until then an administrator lets everything pass; what was done before then does not count after it.
    guard_until  timestamptz,
    -- Whether the guard counts who cannot log in any more.
    guard_logins boolean not null default true,
    -- Roles that provisioning never gives.
    reserved_roles  text[] not null default '{}',
    -- What scim.activity keeps: bodies; which attributes it masks; how many of a hundred reads.
    activity_bodies boolean not null default false,
    activity_mask   text[] not null default '{}'
        check (array_to_string(activity_mask, ',') ~ '^([A-Za-z$][A-Za-z0-9_$-]{0,99}(,[A-Za-z$][A-Za-z0-9_$-]{0,99})*)?$'),
    activity_reads  int not null default 100 check (activity_reads between 0 and 100)
);
-- What administrators neither see nor set.
comment on column scim.tenant.nests is 'internal';

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
    read_only   boolean not null default false,
    addresses   cidr[],                         -- where it may be used from; null: everywhere
    rate        int check (rate > 0),           -- requests a second; null: no limit
    burst       int check (burst > 0),          -- at once
    user_id     uuid,                           -- whom /Me means
    confined    boolean not null default false, -- for that user alone
    -- Copies of the tenant's settings, kept by triggers: authentication reads one row.
    tenant_enabled boolean not null default true,
    tenant_profile text not null default 'lenient',
    tenant_nests   boolean not null default false,
    -- Whether nothing but its end stands against the token: what most tokens are, in one column to look at.
    open boolean not null generated always as
        (revoked is null and tenant_enabled and tenant_profile = 'lenient' and not read_only and addresses is null
         and not confined) stored,
    last_used    timestamptz, -- when it let a request through, to a minute or so
    last_address text,        -- where that came from
    warned       timestamptz, -- when the log said that it ends soon
    -- Further copies, so that no request has to read them. About bodies: + where they are kept, else -, and the names of what
    -- is masked; null where there is nothing to do.
    keeps        text,
    -- What the tenant has of what few have (scim.traits).
    traits       text not null default '-',
    primary key (tenant, key_id),
    check ((rate is null) = (burst is null)),
    check (user_id is not null or not confined)
);
create unique index token_name on scim.token (tenant, name) where revoked is null;

-- --- resources --------------------------------------------------------------------------------------------------------------

-- Triggers fill the keys: a generated column, a check constraint and a condition of a trigger are parsed and planned anew by each
-- statement that writes, which costs as much as the statement itself. A key is for finding: it is cut at 256 characters, so that
-- any value fits into an index, and whoever finds a resource by it compares the value itself as well.
create table scim.resource (
    tenant        text collate "C" not null,
    id            uuid not null,
    type          text collate "C" not null,
    doc           jsonb not null,
    version       bigint not null default 1,
    created       timestamptz not null default now(),
    last_modified timestamptz not null default now(),
    deleted_at    timestamptz,
    external_id          text collate "C",
    user_name_key        text collate "C",
    group_name_key       text collate "C",
    display_name_key     text collate "C",
    former_name_key      text collate "C", -- what a deleted user was called, for a tenant that restores by userName
    login_key            text collate "C", -- the e-mail address that a user logs in by, in a tenant that wants it so
    modified_hour        timestamptz,
    formatted_name_key   text collate "C",
    family_name_key      text collate "C",
    given_name_key       text collate "C",
    middle_name_key      text collate "C",
    honorific_prefix_key text collate "C",
    honorific_suffix_key text collate "C",
    employee_number_key  text collate "C",
    source        text collate "C" not null default 'scim', -- scim, local or application
    wire          boolean not null default true, -- clients of the SCIM endpoint see it; what is local they do not
    active        boolean not null default true, -- of a user: neither deactivated nor deleted
    role          text,   -- the value of the account's role; null: the tenant's default
    sent_role     text,   -- the one that the identity provider last sent
    flags         text[], -- the names of local flags that are set
    protected     text,   -- main-contact or break-glass: provisioning may not touch it
    merged_into   uuid,   -- the account that this one was merged into; deleted, and no POST brings it back
    primary key (tenant, id)
) with (fillfactor = 85);

create unique index resource_user_name on scim.resource (tenant, user_name_key);
create unique index resource_login on scim.resource (tenant, login_key) where login_key is not null;
create unique index resource_group_name on scim.resource (tenant, group_name_key);
create index resource_external_id on scim.resource (tenant, external_id);
create index resource_display_name on scim.resource (tenant, display_name_key);
create index resource_former_name on scim.resource (tenant, former_name_key) where former_name_key is not null;
create index resource_modified on scim.resource (tenant, type, modified_hour);
create index resource_formatted_name on scim.resource (tenant, formatted_name_key) where formatted_name_key is not null;
create index resource_family_name on scim.resource (tenant, family_name_key) where family_name_key is not null;
create index resource_given_name on scim.resource (tenant, given_name_key) where given_name_key is not null;
create index resource_middle_name on scim.resource (tenant, middle_name_key) where middle_name_key is not null;
create index resource_honorific_prefix on scim.resource (tenant, honorific_prefix_key) where honorific_prefix_key is not null;
create index resource_honorific_suffix on scim.resource (tenant, honorific_suffix_key) where honorific_suffix_key is not null;
create index resource_employee_number on scim.resource (tenant, employee_number_key) where employee_number_key is not null;
create index resource_list on scim.resource (tenant, type, id) where wire;
create index resource_local on scim.resource (tenant, type, id) where source <> 'scim' and deleted_at is null;
create index resource_gone on scim.resource (tenant, type, id) where deleted_at is not null;
create index resource_protected on scim.resource (tenant, id) where protected is not null;
create index resource_role on scim.resource (tenant, role) where role is not null;
create index resource_flagged on scim.resource (tenant, id) where flags is not null;
-- One main contact for a tenant.
create unique index resource_main_contact on scim.resource (tenant) where protected = 'main-contact' and deleted_at is null;
-- Whom policy and groups decide about, to be found without their documents.
create index resource_steered on scim.resource (tenant, id) where type = 'User' and active and protected is null;

-- The attributes of documents that scim.lookup has rows of. What is ready has rows of all resources; before that, of those
-- only that were written since.
create table scim.indexed (
    id           int generated always as identity primary key,
    type         text collate "C" not null,
    schema       text collate "C",          -- the URN of an extension; null for the type's own schema
    attribute    text collate "C" not null,
    sub          text collate "C",
    multi_valued boolean not null,
    fold         boolean not null,          -- compared without case
    ready        boolean not null default false
);
create unique index indexed_attribute on scim.indexed
    (type, coalesce(schema, ''), attribute, coalesce(sub, ''), multi_valued, fold);

insert into scim.indexed (type, attribute, sub, multi_valued, fold, ready)
values ('User', 'emails', 'value', true, true, true),
       ('User', 'phoneNumbers', 'value', true, true, true);

-- Values of lists, and of what schema files declare as indexed, that resources are looked up by; kept by a trigger.
create table scim.lookup (
    tenant      text collate "C" not null,
    attribute   int not null,               -- scim.indexed.id
    key         text collate "C" not null,
    resource_id uuid not null,
    primary key (tenant, attribute, key, resource_id)
);

-- How many resources a tenant has, without counting them, and whether anything of a tenant has changed.
--
-- Each resource that comes onto the wire, or leaves it, adds a row of 1 or -1; any other change of one adds a row of 0. Rows are
-- only ever added, so no writer waits for another one; and a row is seen when what it counts is seen, so the sum is exact in
-- every snapshot.
--
-- What was found in one snapshot still holds in a later one where that sees no row of the tenant from a transaction that the
-- first did not see. Memberships change the version of their group, so they are among the changes.
create table scim.tally (
    tenant text collate "C" not null,
    type   text collate "C" not null,
    n      bigint not null,
    xid    xid8 not null default pg_current_xact_id()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index tally_tenant on scim.tally (tenant, xid);

create table scim.membership (
    tenant      text collate "C" not null,
    group_id    uuid not null,
    member_id   uuid not null,
    member_type text collate "C" not null,
    added       timestamptz not null default now(),
    primary key (tenant, group_id, member_id)
);
create index membership_member on scim.membership (tenant, member_id, group_id);
-- In the order of joining, as seats are given.
create index membership_joined on scim.membership (tenant, group_id, added, member_id);
-- Groups in groups are few.
create index membership_nested on scim.membership (tenant, group_id, member_id) where member_type = 'Group';

-- --- what administrators add to users and groups -----------------------------------------------------------------------------

-- What administrators may mark accounts with; the accounts hold the names.
create table scim.flag (
    tenant      text collate "C" not null,
    name_key    text collate "C" not null,
    name        text not null,
    description text,
    created     timestamptz not null default now(),
    primary key (tenant, name_key)
);

-- Whom a login is: what an identity provider (issuer) calls an account (subject). The application records it.
create table scim.link (
    tenant  text collate "C" not null,
    id      uuid not null,
    user_id uuid not null,
    issuer  text collate "C" not null,
    subject text collate "C" not null,
    linked  timestamptz not null default now(),
    primary key (tenant, id),
    unique (tenant, issuer, subject)
);
create index link_user on scim.link (tenant, user_id, id);

-- A profile is a group; a project is one group for each level of access, called "Project (Access)". Their members are changed by
-- the identity provider and by administrators; names are the administrators' alone.
create table scim.application_group (
    tenant   text collate "C" not null,
    group_id uuid not null,
    kind     text not null check (kind in ('profile', 'project')),
    project  text,
    access   text,
    primary key (tenant, group_id),
    check ((kind = 'project') = (project is not null and access is not null))
);
create index application_group_project on scim.application_group (tenant, project) where project is not null;

-- What a user gets when it first appears. The condition is a SCIM filter. Beside it stands what the server has compiled it to: SQL
-- about the row `r` of scim.resource, in which every value is an element of $1, an array of texts; the first of them is the tenant.
-- It runs with the rights of whoever makes the account, never with the owner's.
create table scim.template (
    tenant           text collate "C" not null,
    id               uuid not null,
    name             text not null,
    name_key         text collate "C" not null,
    priority         int not null,
    condition        text,
    condition_sql    text,
    condition_params text[],
    role             text,
    groups           uuid[] not null default '{}',
    subscriptions    uuid[] not null default '{}',
    flags            text[] not null default '{}',
    created          timestamptz not null default now(),
    last_modified    timestamptz not null default now(),
    primary key (tenant, id),
    unique (tenant, name_key),
    check ((condition is null) = (condition_sql is null) and (condition is null) = (condition_params is null))
);
create index template_order on scim.template (tenant, priority, id);

-- --- what gives access --------------------------------------------------------------------------------------------------------

-- What a tenant holds. On the wire each is an Entitlement with the same id, which a trigger keeps.
create table scim.subscription (
    tenant      text collate "C" not null,
    id          uuid not null,
    name        text not null,
    name_key    text collate "C" not null generated always as (scim.fold(name)) stored,
    description text,
    seats       int check (seats >= 0),              -- null: as many as there are people
    automatic   boolean not null default false,      -- what sync_policy `all` and login_policy `first-login` give
    created     timestamptz not null default now(),
    primary key (tenant, id),
    unique (tenant, name_key)
);
create index subscription_automatic on scim.subscription (tenant, id) where automatic;

-- What the members of a group have where sync_policy is `groups`: a subscription or a role.
create table scim.mapping (
    tenant          text collate "C" not null,
    id              uuid not null,
    group_id        uuid not null,
    subscription_id uuid,
    role            text collate "C",
    created         timestamptz not null default now(),
    created_by      text not null,
    primary key (tenant, id),
    unique (tenant, group_id, subscription_id),
    unique (tenant, group_id, role),
    foreign key (tenant, subscription_id) references scim.subscription (tenant, id),
    check (num_nonnulls(subscription_id, role) = 1)
);
create index mapping_subscription on scim.mapping (tenant, subscription_id, group_id) where subscription_id is not null;
create index mapping_role on scim.mapping (tenant, role, group_id) where role is not null;

-- What was given to one account, and survives every sync. A role is granted only to keep it when an account becomes protected.
create table scim.access_grant (
    tenant          text collate "C" not null,
    id              uuid not null default scim.new_id(clock_timestamp()),
    user_id         uuid not null,
    subscription_id uuid,
    role            text collate "C",
    source          text collate "C" not null check (source in ('manual', 'login', 'template', 'protected')),
    granted         timestamptz not null default now(),
    granted_by      text not null default coalesce(nullif(current_setting('scim.actor', true), ''), session_user),
    primary key (tenant, id),
    unique (tenant, user_id, subscription_id, source),
    unique (tenant, user_id, role, source),
    foreign key (tenant, subscription_id) references scim.subscription (tenant, id),
    check (num_nonnulls(subscription_id, role) = 1),
    check (role is null or source = 'protected')
);
create index access_grant_order on scim.access_grant (tenant, subscription_id, granted, user_id) where subscription_id is not null;

-- Whose first login under login_policy `first-login` has been told.
create table scim.first_login (
    tenant  text collate "C" not null,
    user_id uuid not null,
    at      timestamptz not null default now(),
    primary key (tenant, user_id)
);

-- --- what was done --------------------------------------------------------------------------------------------------------------

-- No foreign key: it survives the tenant. `before` and `after` hold what has changed. `weight` is how many people may lose
-- access by it, and `logins` how many who keep it cannot log in as before. Who has set no actor is the database's own user; what is empty is shown as missing.
create sequence scim.audit_id;
create table scim.audit (
    tenant      text collate "C" not null,
    id          bigint not null default nextval('scim.audit_id'),
    at          timestamptz not null default now(),
    xid         xid8 not null default pg_current_xact_id(),
    actor_kind  text not null default coalesce(current_setting('scim.actor_kind', true), 'database'),
    actor       text not null default coalesce(current_setting('scim.actor', true), session_user),
    actor_key   text default current_setting('scim.actor_key', true),
    request     text default current_setting('scim.request', true),
    action      text not null,
    object_type text not null,
    object_id   text,
    object_name text,
    before      jsonb,
    after       jsonb,
    weight      int not null default 0,
    logins      int not null default 0,
    primary key (tenant, id)
);
create index audit_object on scim.audit (tenant, object_id, id);

-- In pieces of a week, which are made ahead and dropped whole. `type` is the scimType; `duration` is in microseconds.
create sequence scim.activity_id;
create table scim.activity (
    tenant      text collate "C" not null,
    at          timestamptz not null default now(),
    id          bigint not null default nextval('scim.activity_id'),
    token       text not null,
    token_name  text not null,
    method      text not null,
    path        text not null,
    status      int not null,
    type        text,
    reason      text,
    duration    bigint not null,
    request     text,
    address     text,
    object      text,      -- what a resource is called in the request
    dry         boolean not null default false,
    held        boolean not null default false, -- by the guard
    body_length bigint,
    body        jsonb,
    changes     jsonb,     -- of a dry run: what it would have put into the audit log
    primary key (tenant, at, id)
) partition by range (at);
create index activity_refused on scim.activity (tenant, at, id) where status >= 400;
-- For times that have no piece of their own.
create table scim.activity_default partition of scim.activity default;
alter table scim.activity_default enable row level security;

-- One request that the guard against mass changes has held, however often it is sent: of this token, with this method, path and
-- body.
create table scim.hold (
    tenant      text collate "C" not null references scim.tenant,
    id          bigint generated always as identity,
    at          timestamptz not null default now(), -- of the first attempt
    last_at     timestamptz not null default now(),
    attempts    int not null default 1,
    token       text not null,
    token_name  text not null,
    method      text not null,
    path        text not null,
    fingerprint text not null, -- SHA-256 of the body
    request     text,
    weight      int not null,  -- how many people would lose access by it
    total       int not null,  -- and by everything of the hour before
    threshold   int not null,
    state       text not null default 'held' check (state in ('held', 'released', 'rejected')),
    decided     timestamptz,
    decided_by  text,
    until       timestamptz,   -- of a released one: it passes until then
    primary key (tenant, id)
);
create unique index hold_request on scim.hold (tenant, token, method, path, fingerprint) where state = 'held';
create index hold_decided on scim.hold (tenant, fingerprint, method, split_part(path, '?', 1)) where state <> 'held';

-- How many people each request of a watched tenant has taken access from: what the guard adds up, so that nothing is kept for it
-- where nobody is watched. `users` of them are no longer active; `logins` more cannot log in as before.
create table scim.loss (
    tenant text collate "C" not null,
    at     timestamptz not null default now(),
    weight bigint not null,
    users  bigint not null,
    logins bigint not null
);
create index loss_at on scim.loss (tenant, at);

-- --- row-level security ---------------------------------------------------------------------------------------------------------

-- The second wall: whatever a statement says, httpd's role sees and writes one tenant, the one that authentication has set, and
-- administrators' operations one, or all of them for `*`. coalesce keeps the planner from taking the condition apart: it would put
-- a node of its own over each table for the comparison of the setting with the parameter, which cost half of the time of a small
-- statement, or take it that a setting which is not made yet matches no row.
do $$
declare
    t text;
begin
    foreach t in array array ['tenant', 'token', 'resource', 'lookup', 'tally', 'membership', 'flag', 'link', 'application_group',
                              'template', 'subscription', 'mapping', 'access_grant', 'first_login', 'audit', 'activity', 'hold',
                              'loss'] loop
        execute format('alter table scim.%I enable row level security', t);
        execute format('alter table scim.%I force row level security', t);
        execute format('create policy owner on scim.%I to scim_owner using (true)', t);
        execute format('create policy manage on scim.%I to scim_manage'
                       ' using (coalesce(current_setting(''scim.tenant'', true) in (tenant, ''*''), false))', t);
    end loop;
    foreach t in array array ['tenant', 'token', 'resource', 'lookup', 'tally', 'membership', 'template', 'subscription', 'mapping',
                              'access_grant', 'first_login', 'hold', 'loss'] loop
        execute format('create policy web on scim.%I to scim_web'
                       ' using (coalesce(tenant = current_setting(''scim.tenant'', true), false))', t);
    end loop;
    -- What a transaction adds to the logs tells of what it has just written, behind the wall; nobody has to look at it again. What
    -- is there already stays behind the wall.
    foreach t in array array ['audit', 'activity'] loop
        execute format('create policy web on scim.%I for select to scim_web'
                       ' using (coalesce(tenant = current_setting(''scim.tenant'', true), false))', t);
        execute format('create policy web_add on scim.%I for insert to scim_web with check (true)', t);
    end loop;
    create policy web_change on scim.activity for update to scim_web
        using (coalesce(tenant = current_setting('scim.tenant', true), false));
end
$$;

-- --- grants -----------------------------------------------------------------------------------------------------------------------

grant select on scim.migration, scim.code, scim.indexed to scim_web, scim_manage;
grant select on scim.secret, scim.tenant, scim.token, scim.template, scim.subscription, scim.mapping to scim_web;
-- DELETE is for tenants that erase.
grant select, insert, update, delete on scim.resource to scim_web;
grant select, insert, delete on scim.lookup, scim.membership, scim.loss to scim_web;
grant select, insert on scim.tally, scim.audit to scim_web;
-- What templates give, and what a POST of a protected account's id may take away.
grant select, insert on scim.access_grant to scim_web;
grant select, insert, update on scim.hold to scim_web;
-- The row of a Bulk request is written again by each of its parts.
grant insert, select (tenant, at, id, status, reason, duration), update (status, reason, duration) on scim.activity to scim_web;
grant usage on sequence scim.activity_id to scim_web;
grant usage, select on sequence scim.audit_id to scim_web, scim_manage;

grant select, insert, update, delete on scim.tenant, scim.token, scim.resource, scim.lookup, scim.membership, scim.flag, scim.link,
    scim.application_group, scim.template, scim.subscription, scim.mapping, scim.access_grant, scim.first_login, scim.hold
    to scim_manage;
grant select, insert on scim.tally, scim.audit to scim_manage;
grant select, insert, delete on scim.loss to scim_manage;
grant select on scim.activity to scim_manage;

-- --- what the planner is told -----------------------------------------------------------------------------------------------------

-- What PostgreSQL is to think of the tables, so that each statement takes the index that is meant for it.
--
-- A statement is planned for no tenant in particular, and what is said of one is divided by the number of tenants. A thousand small ones
-- make the tenant itself look like a handful of rows, for which any index that begins with it is as good as the right one, and sorting
-- as good as an index in order; then the large tenant among them is read whole for every name that is looked up. So there are ten
-- tenants, whatever ANALYZE finds: enough that nobody who asks for one would read the table instead, and so few that the rest of a key
-- is never thought to be worth nothing. In the same way there are ten groups, so that a member is looked for in one by the whole key;
-- ten subscriptions, so that what an account has is found by its groups and not by all that give it; and three types, not a share of
-- the rows that once were there. What names somebody in one tenant is taken to name nobody else, though
-- many tenants have a group of everybody.
--
-- And statistics for a database that is new. PostgreSQL plans a statement of a connection once, and without statistics it takes all
-- indexes that begin with the tenant for equally good: the first synchronisation would read the whole tenant for each user, until the
-- first ANALYZE. So a small organisation is put in, looked at and taken out; the statistics stay until there are better ones.
do $$
declare
    name text;
begin
    for name in select c.relname
                  from pg_class c
                  join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
                 where c.relnamespace = 'scim'::regnamespace and c.relkind = 'r' and not c.relispartition and c.relname <> 'tenant' loop
        execute format('alter table scim.%I alter column tenant set (n_distinct = 10)', name);
    end loop;
end
$$;
alter table scim.resource
    alter column type set (n_distinct = 3),
    alter column external_id set (n_distinct = -1),
    alter column user_name_key set (n_distinct = -1),
    alter column group_name_key set (n_distinct = -1),
    alter column display_name_key set (n_distinct = -1),
    alter column former_name_key set (n_distinct = -1),
    alter column login_key set (n_distinct = -1),
    alter column formatted_name_key set (n_distinct = -1),
    alter column employee_number_key set (n_distinct = -1);
alter table scim.membership alter column group_id set (n_distinct = 10);
alter table scim.mapping alter column subscription_id set (n_distinct = 10);

insert into scim.resource (tenant, id, type, doc, deleted_at, wire, source, external_id, user_name_key, group_name_key, display_name_key,
                           former_name_key, modified_hour, family_name_key, given_name_key)
select '-', gen_random_uuid(), case when n % 20 = 0 then 'Group' else 'User' end, jsonb_build_object('userName', 'sample' || n), gone,
       gone is null and n % 50 <> 1, case when n % 50 = 1 then 'local' else 'scim' end, 'external' || n,
       case when n % 20 <> 0 and gone is null then 'sample' || n end, case when n % 20 = 0 and gone is null then 'group' || n end, 'name' || n,
       case when n % 20 <> 0 and gone is not null then 'sample' || n end, date_trunc('hour', now()) - n * interval '1 hour', 'family' || n, 'given' || n % 100
  from generate_series(1, 2000) n
 cross join lateral (select case when n % 10 = 3 then now() end as gone) g;
insert into scim.membership (tenant, group_id, member_id, member_type)
select g.tenant, g.id, u.id, 'User'
  from (select r.tenant, r.id, row_number() over () as n from scim.resource r where r.tenant = '-' and r.type = 'Group') g
  join (select r.id, row_number() over () as n from scim.resource r where r.tenant = '-' and r.type = 'User') u on u.n % 100 in (g.n, g.n - 1);
insert into scim.lookup (tenant, attribute, key, resource_id)
select r.tenant, 1 + a, r.user_name_key, r.id from scim.resource r, generate_series(0, 1) a where r.tenant = '-' and r.user_name_key is not null;
insert into scim.audit (tenant, action, object_type, object_id, weight)
select r.tenant, 'create', r.type, r.id::text, (r.type = 'Group')::int from scim.resource r where r.tenant = '-';
insert into scim.tally (tenant, type, n) select '-', 'User', 1 from generate_series(1, 100);
analyze scim.resource;
analyze scim.membership;
analyze scim.lookup;
analyze scim.audit;
analyze scim.tally;
delete from scim.tally where tenant = '-';
delete from scim.audit where tenant = '-';
delete from scim.lookup where tenant = '-';
delete from scim.membership where tenant = '-';
delete from scim.resource where tenant = '-';

reset role;
