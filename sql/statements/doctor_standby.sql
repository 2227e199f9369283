-- Doctor: a server that accepts no writes.
select current_setting('server_version') where pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean
