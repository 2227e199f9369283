-- The head of an administrator's operation. $1 statement timeout
select set_config('role', 'scim_manage', true), set_config('statement_timeout', $1::text, true), set_config('timezone', 'UTC', true)
