-- Clients beyond bearer tokens: access tokens of OAuth 2.0, and service accounts of clients that httpd has authenticated.
set local role scim_owner;

-- What a token was exchanged for at the token endpoint. It holds no longer than the token, and is looked at after that.
create table scim.access_token (
    tenant  text collate "C" not null,
    key_id  text collate "C" not null,
    digest  bytea not null check (length(digest) = 32),
    created timestamptz not null default now(),
    expires timestamptz not null,
    primary key (tenant, key_id, digest),
    foreign key (tenant, key_id) references scim.token on delete cascade
);
alter table scim.access_token alter column tenant set (n_distinct = 10);
alter table scim.access_token enable row level security;
alter table scim.access_token force row level security;
create policy owner on scim.access_token to scim_owner using (true);
create policy manage on scim.access_token to scim_manage
    using (coalesce(current_setting('scim.tenant', true) in (tenant, '*'), false));
create policy web on scim.access_token to scim_web using (coalesce(tenant = current_setting('scim.tenant', true), false));
grant select, insert, delete on scim.access_token to scim_web;
grant select, delete on scim.access_token to scim_manage;

-- What httpd calls a client whose service account this is; such a token has no text.
alter table scim.token add column external text check (external <> '');
create unique index token_external on scim.token (tenant, external) where external is not null and revoked is null;

reset role;
