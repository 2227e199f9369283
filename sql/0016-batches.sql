-- What was done to many accounts at once, and can be taken back as one: an import.
set local role scim_owner;

create table scim.batch (
    tenant  text collate "C" not null,
    id      uuid not null,
    kind    text not null, -- import
    name    text,          -- of the file
    actor   text not null,
    begun   timestamptz not null default now(),
    latest  timestamptz not null default now(),
    made    bigint not null default 0,
    changed bigint not null default 0,
    same    bigint not null default 0,
    kept    bigint not null default 0,
    refused bigint not null default 0,
    undone  timestamptz,   -- when it was taken back, as far as that was possible
    primary key (tenant, id)
);

-- What it did to one account. `undo` holds what takes it back: arguments of the account, and the groups that it joined.
create table scim.batch_item (
    tenant   text collate "C" not null,
    batch_id uuid not null,
    user_id  uuid not null,
    line     bigint,        -- of the file
    what     text not null, -- made, changed
    version  bigint not null, -- which the account has had since: another one tells that somebody has changed it
    undo     jsonb,
    undone   timestamptz,
    primary key (tenant, batch_id, user_id)
);
create index batch_item_user on scim.batch_item (tenant, user_id);

do $$
declare
    t text;
begin
    foreach t in array array ['batch', 'batch_item'] loop
        execute format('alter table scim.%I enable row level security', t);
        execute format('alter table scim.%I force row level security', t);
        execute format('create policy owner on scim.%I to scim_owner using (true)', t);
        execute format('create policy manage on scim.%I to scim_manage'
                       ' using (coalesce(current_setting(''scim.tenant'', true) in (tenant, ''*''), false))', t);
        execute format('alter table scim.%I alter column tenant set (n_distinct = 10)', t);
        execute format('grant select, insert, update, delete on scim.%I to scim_manage', t);
    end loop;
end
$$;

reset role;
