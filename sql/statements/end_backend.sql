-- Ends a process of PostgreSQL that was given up, unless its number is somebody else's by now.
-- $1 its number, $2 when it began
select pg_terminate_backend(a.pid) from pg_stat_get_activity($1::int) a where a.backend_start::text = $2
