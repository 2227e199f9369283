-- Undoes what a transaction that stayed open has done.
rollback
