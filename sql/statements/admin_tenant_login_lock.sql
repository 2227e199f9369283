-- Has everybody wait who changes an e-mail address, where the login attribute is going to be another one. $1 tenant, $2 arguments: loginAttribute
select pg_advisory_xact_lock(scim.login_lock($1)) where $2::jsonb ? 'loginAttribute'
