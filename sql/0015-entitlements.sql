-- Entitlements that an identity provider sends may give access.
set local role scim_owner;

-- What they do: nothing, what they are called, or the request is refused.
alter table scim.tenant add column sent_entitlements text not null default 'ignore' check (sent_entitlements in ('ignore', 'match', 'refuse'));

-- What they give is a grant of a source of its own, which httpd's role may take back.
alter table scim.access_grant drop constraint access_grant_source_check;
alter table scim.access_grant add constraint access_grant_source_check check (source in ('manual', 'login', 'template', 'protected', 'provider'));
grant delete on scim.access_grant to scim_web;
create policy web_withdraw on scim.access_grant as restrictive for delete to scim_web using (source = 'provider');

reset role;
