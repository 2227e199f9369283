-- The COMMIT of this transaction does not wait for the disk. The statement "flush", after it, does.
set local synchronous_commit = off
