-- Doctor: transactions that were left open, and prevent vacuuming and upgrades.
select a.pid::text, coalesce(a.usename::text, '?'), coalesce(nullif(a.application_name, ''), 'a program without a name'), (extract(epoch from now() - a.xact_start)::integer / 60)::text
  from pg_catalog.pg_stat_activity a
 where a.datname = current_database() and a.xact_start < now() - interval '10 minutes' and a.backend_type = 'client backend' and a.pid <> pg_catalog.pg_backend_pid()
 order by a.xact_start
