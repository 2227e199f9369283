-- Ends a PostgreSQL process that httpd has given up, unless its process id belongs to another one meanwhile.
-- $1 its process id, $2 when it began
select pg_terminate_backend(a.pid) from pg_stat_get_activity($1::int) a where a.backend_start::text = $2
