-- Held by who sets a user's e-mail address (login_lock.sql). Who sets anything else need not wait: the user's row is locked, and who changes the
-- tenant's login attribute gives it its key afterwards. $1 tenant, $2 arguments: email
select pg_advisory_xact_lock_shared(scim.login_lock($1)) where $2::jsonb ? 'email'
