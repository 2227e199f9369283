-- The snapshot that something holds for which is read next: whatever is seen in it, what is read next sees too. It reads no table, so it is of the server
-- whose transactions the tally names, wherever the rows are. Null on a standby, which does not know what is under way.
select case when not pg_is_in_recovery() then pg_current_snapshot()::text end
