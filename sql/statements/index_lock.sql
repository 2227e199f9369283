-- Prevents two commands from changing scim.indexed at the same time, until the connection ends.
select pg_try_advisory_lock(1935894894)
