-- What a tenant has decided about requests: whether a role that it has not is refused or becomes the default one, and whether /Schemas
-- shows attributes that are never kept, as the password.
alter table scim.tenant
    add column unknown_role text not null default 'refuse' check (unknown_role in ('refuse', 'default')),
    add column password_schema text not null default 'profile' check (password_schema in ('profile', 'show', 'hide'));
