-- Requests without a token that the tenant knows are activity too, so that a wrong token can be told from none.
set local role scim_owner;

-- Null: the tenant has no token of that key id. `token` is empty where the request names none.
alter table scim.activity alter column token_name drop not null;
create index activity_stranger on scim.activity (tenant, at) where token_name is null;

-- Whether the token is another tenant's. An expression, so that no statement that looks for a tenant's own token takes this index.
create index token_anywhere on scim.token ((key_id || ''));

reset role;
