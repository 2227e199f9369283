-- The transaction's id; null: it has written nothing. It reads no table, so the server to which httpd is connected
-- executes it, wherever the rows are.
select pg_current_xact_id_if_assigned()::text
