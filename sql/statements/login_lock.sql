-- An advisory lock: shared for changes of e-mail addresses, exclusive for a change of the tenant's login attribute. So
-- neither change misses the other. It comes before authentication, which then reads the current rules.
-- $1 tenant
select pg_advisory_xact_lock_shared(scim.login_lock($1))
