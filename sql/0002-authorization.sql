-- httpd decides about requests by what accounts have: its role reads links and first logins, of its tenant alone.
set local role scim_owner;

-- Whether the first login of an account with an identity of an identity provider (issuer and subject) links the two.
alter table scim.tenant add column link_policy text not null default 'manual' check (link_policy in ('manual', 'first-login'));

grant select on scim.link, scim.first_login to scim_web;
create policy web on scim.link to scim_web using (coalesce(tenant = current_setting('scim.tenant', true), false));

reset role;
