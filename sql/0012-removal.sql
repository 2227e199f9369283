-- Tenants can be removed, in pieces; their audit logs stay.
set local role scim_owner;

-- Since when the tenant is being removed. Until the last piece nothing brings it back.
alter table scim.tenant add column removing timestamptz;

grant delete on scim.activity, scim.tally to scim_manage;

reset role;
