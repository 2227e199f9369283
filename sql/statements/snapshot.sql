-- A snapshot for which the following read is valid: the read sees everything that the snapshot sees. It reads no
-- table, so it comes from the server whose transaction ids are in the tally, wherever the rows are. Null on a standby,
-- which does not know the running transactions.
select case when not pg_is_in_recovery() then pg_current_snapshot()::text end
