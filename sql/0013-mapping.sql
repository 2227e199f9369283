-- Decisions read since when a mapping counts: from the indexes alone.
set local role scim_owner;

drop index scim.mapping_subscription;
create index mapping_subscription on scim.mapping (tenant, subscription_id, group_id) include (since) where subscription_id is not null;
drop index scim.mapping_role;
create index mapping_role on scim.mapping (tenant, role, group_id) include (since) where role is not null;
create index mapping_group on scim.mapping (tenant, group_id) include (subscription_id, role, since);

reset role;
