-- The installation's secret: cursors are signed with it. Another one makes all cursors invalid.

set local role scim_owner;

create table scim.secret (
    single boolean primary key default true check (single),
    key    bytea not null check (length(key) = 32)
);

-- 244 random bits.
insert into scim.secret (key) values (sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea));

grant select on scim.secret to scim_web;

reset role;
