-- Has nobody wait for long behind a connection that waits for a lock.
select set_config('lock_timeout', '1s', false)
