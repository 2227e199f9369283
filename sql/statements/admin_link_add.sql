-- Records whom a login is. $1 tenant, $2 arguments: user, issuer, subject
select scim.admin_link_add($1, $2::jsonb)
