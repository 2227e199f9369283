-- The lock for changes of a user's e-mail address (login_lock.sql). Other changes need not wait: the user's row is
-- locked, and a change of the tenant's login attribute gives the user its key afterwards. $1 tenant, $2 arguments:
-- email
select pg_advisory_xact_lock_shared(scim.login_lock($1)) where $2::jsonb ? 'email'
