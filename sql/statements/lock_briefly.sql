-- Limits the wait for a lock, so that nobody waits long behind this connection.
select set_config('lock_timeout', '1s', false)
