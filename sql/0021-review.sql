-- Reviews of access for a moment in the past find in the audit log what became of mappings, and who was erased.
set local role scim_owner;

create index audit_mapped on scim.audit (tenant, id) where action in ('map', 'unmap');
create index audit_erased on scim.audit (tenant, object_id collate "C") where action = 'erase' and object_type = 'User';

reset role;
