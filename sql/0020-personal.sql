-- New tenants do not keep in activity who somebody is. What a tenant has is as it was: an administrator may have chosen it.
set local role scim_owner;

alter table scim.tenant alter column activity_mask set default '{personal}';

reset role;
