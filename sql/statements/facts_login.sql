-- The first login of an account: what the tenant's policies say of it. $1 tenant, $2 the account's id, $3 issuer and $4 subject, or null
select case when t.login_policy = 'first-login' then scim.admin_access_login($1, jsonb_build_object('user', $2::text)) end,
       case when t.link_policy = 'first-login' and $3::text is not null
                 and not exists (select from scim.link l where l.tenant = $1 and l.user_id = $2::uuid and l.issuer = $3::text)
            then scim.admin_link_add($1, jsonb_build_object('user', $2::text, 'issuer', $3::text, 'subject', $4::text)) end
  from scim.tenant t
 where t.tenant = $1
