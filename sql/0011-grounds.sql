-- Since when there are grounds for access: who has a seat keeps it when a mapping, a policy or an automatic subscription comes later.
set local role scim_owner;

-- Of a mapping, from when it counts: since it was made, the policy `groups` was chosen, or its group was restored.
alter table scim.mapping add column since timestamptz not null default now();
update scim.mapping set since = created;

-- The same of an automatic subscription: since it was marked, or the policy `all` was chosen.
alter table scim.subscription add column automatic_since timestamptz not null default now();
update scim.subscription set automatic_since = created;

-- Of those who have it since the same moment, who joined the group first, or was there first, comes first.
alter table scim.access_grant add column joined timestamptz not null default now();
update scim.access_grant set joined = granted;
drop index scim.access_grant_order;
create index access_grant_order on scim.access_grant (tenant, subscription_id, granted, joined, user_id) where subscription_id is not null;

reset role;
