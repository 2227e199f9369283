-- The version of the rules that a write by the token is computed with: what the tenant has decided, and the token's own terms. Each
-- change of them raises it in its own transaction.
alter table scim.token add column rules bigint not null default 1;
