-- Limits the time of what follows in the transaction, and tells where the audit log begins to tell of it, for the guard. It reads no table, so it is
-- carried out by the server that httpd is connected with, wherever the rows are.
-- $1 statement timeout
select set_config('statement_timeout', $1, true), s.last_value::text from scim.audit_id s
