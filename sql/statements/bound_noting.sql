-- Sets the timeout of the following statements of the transaction, and returns the number from which the audit log has
-- the transaction's entries, for the guard. It reads no table, so the server to which httpd is connected executes it,
-- wherever the rows are.
-- $1 statement timeout
select set_config('statement_timeout', $1, true), s.last_value::text from scim.audit_id s
