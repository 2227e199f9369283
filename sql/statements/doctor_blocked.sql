-- Doctor: sessions that wait for a lock, and the session that holds it.
select a.pid::text, coalesce(a.usename::text, '?'), array_to_string(pg_catalog.pg_blocking_pids(a.pid), ', ')
  from pg_catalog.pg_stat_activity a
 where a.datname = current_database() and a.wait_event_type = 'Lock' and a.query_start < clock_timestamp() - interval '3 seconds'
 order by a.query_start
