-- Rolls back a transaction that was left open.
rollback
