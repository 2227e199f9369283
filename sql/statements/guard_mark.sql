-- The transaction's number; null: it has written nothing. It reads no table, so it is carried out by the server that httpd is connected with,
-- wherever the rows are.
select pg_current_xact_id_if_assigned()::text
