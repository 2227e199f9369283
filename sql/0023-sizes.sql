-- How many members large groups have, so that seats are found, and counted, without reading all of them.
set local role scim_owner;

-- A size holds for one version of the group: each change of its members is a new one.
create table scim.group_size (
    tenant   text collate "C" not null,
    group_id uuid not null,
    version  bigint not null,
    n        bigint not null,
    primary key (tenant, group_id)
);

alter table scim.group_size enable row level security;
alter table scim.group_size force row level security;
create policy owner on scim.group_size to scim_owner using (true);
create policy manage on scim.group_size to scim_manage
    using (coalesce(current_setting('scim.tenant', true) in (tenant, '*'), false));
alter table scim.group_size alter column tenant set (n_distinct = 10);
grant select, insert, update, delete on scim.group_size to scim_manage;

reset role;
