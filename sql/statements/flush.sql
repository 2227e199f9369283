-- A transaction that writes a record to the log (WAL) and nothing else: its COMMIT waits until the disk, and the synchronous standbys, have all
-- that was written before it.
select pg_logical_emit_message(true, 'scim', '')
