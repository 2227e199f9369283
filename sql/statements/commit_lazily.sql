-- The COMMIT of this transaction does not wait for the disk: the statement "flush" does, after it.
set local synchronous_commit = off
