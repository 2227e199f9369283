-- Makes changes of e-mail addresses wait if the login attribute is going to change. $1 tenant, $2 arguments:
-- loginAttribute
select pg_advisory_xact_lock(scim.login_lock($1)) where $2::jsonb ? 'loginAttribute'
