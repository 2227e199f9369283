-- Settings for all transactions of a connection, from its first statement on: PostgreSQL ends a statement, and a
-- transaction whose client is silent, when the client has given up waiting. It returns facts about the connection: the
-- database's clock, its process, and whether the server itself has all rows. On Citus, SET LOCAL is to be passed on to
-- the other servers; elsewhere the setting has no effect.
-- $1 milliseconds
select set_config('statement_timeout', $1::text, false),
       set_config('idle_in_transaction_session_timeout', $1::text, false),
       clock_timestamp(),
       pg_backend_pid(),
       (select a.backend_start::text from pg_stat_get_activity(pg_backend_pid()) a),
       set_config('citus.propagate_set_commands', 'local', false),
       not exists (select from pg_extension e where e.extname = 'citus')
           and (select bool_and(has_function_privilege(p.oid, 'execute')) from pg_proc p where p.proname = 'pg_logical_emit_message')
