-- Protects an account from provisioning. $1 tenant, $2 arguments: user, kind
select scim.admin_user_protect($1, $2::jsonb)
