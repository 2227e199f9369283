-- Keeps two commands from changing scim.indexed at once, until the connection ends.
select pg_try_advisory_lock(1935894894)
