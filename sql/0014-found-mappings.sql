-- A group that the identity provider deletes and makes again finds its mappings again.
set local role scim_owner;

-- Whether a new group takes over the mappings of the deleted one that was called the same.
alter table scim.tenant add column restore_mappings text not null default 'never' check (restore_mappings in ('never', 'displayName'));

-- Of a mapping httpd's role may change whose it is, in the tenant that authentication has set, and nothing else.
grant update (group_id, since) on scim.mapping to scim_web;

reset role;
