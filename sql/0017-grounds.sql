-- A decision remembers what a subscription is mapped to, and compares with this number that it still is.
set local role scim_owner;

-- Raised by each change of the tenant's subscriptions and mappings, in the transaction of the change. It begins at the time, so that
-- a tenant which is made again under the same name never has a number that was remembered of the one before.
alter table scim.tenant add column grounds bigint not null default floor(extract(epoch from clock_timestamp()) * 1000000)::bigint;
comment on column scim.tenant.grounds is 'internal';
-- A group that is made again takes mappings over.
grant update (grounds) on scim.tenant to scim_web;

reset role;
