-- What administrators have decided: that two accounts are not one person. And whom a held request would have touched.
set local role scim_owner;

create table scim.not_duplicate (
    tenant     text collate "C" not null,
    one        uuid not null,
    other      uuid not null,
    decided    timestamptz not null default now(),
    decided_by text not null,
    primary key (tenant, one, other),
    check (one < other)
);
alter table scim.not_duplicate enable row level security;
alter table scim.not_duplicate force row level security;
create policy owner on scim.not_duplicate to scim_owner using (true);
create policy manage on scim.not_duplicate to scim_manage
    using (coalesce(current_setting('scim.tenant', true) in (tenant, '*'), false));
alter table scim.not_duplicate alter column tenant set (n_distinct = 10);
grant select, insert, delete on scim.not_duplicate to scim_manage;

-- The first hundred.
alter table scim.hold add column people uuid[];

reset role;
