-- Sets the timeout of the following statements of the transaction: a statement cannot do that for itself.
-- $1 statement timeout in milliseconds
select set_config('statement_timeout', $1, true)
