-- What administrators look up: the requests about a person or a group, and the entries of the audit log that a request has made or
-- that name somebody as a member.
set local role scim_owner;

-- Which resource a request was about, and which leniencies it needed.
alter table scim.activity add column resource_id uuid, add column resource_type text, add column leniencies text[];
create index activity_resource on scim.activity (tenant, resource_id, at, id) where resource_id is not null;

create index audit_request on scim.audit (tenant, request);
-- Who joined or left a group. The members are ids of one tenant, so the tenant is no part of it.
create index audit_members on scim.audit using gin ((coalesce(after, before) -> 'members')) where action in ('add-members', 'remove-members');

reset role;
