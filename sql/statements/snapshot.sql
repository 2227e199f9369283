-- The snapshot that a total holds for which is counted next: whatever is seen in it, the count sees too. It reads no table, so it is of the server
-- whose transactions the tally names, wherever the rows are.
select pg_current_snapshot()::text
