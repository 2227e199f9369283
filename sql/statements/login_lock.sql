-- Held by who changes e-mail addresses, and alone by who changes the tenant's login attribute: neither misses the other. It comes before
-- authentication, which then reads the rules that hold.
-- $1 tenant
select pg_advisory_xact_lock_shared(scim.login_lock($1))
