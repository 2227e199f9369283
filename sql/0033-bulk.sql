-- Bulk requests by their id: the audit log tells whom each of them has changed.
set local role scim_owner;

create index activity_bulk on scim.activity (tenant, request) where method = 'POST' and resource_id is null and left(path, 5) = '/Bulk';

reset role;
