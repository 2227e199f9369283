-- Who acts in the transaction, for its rows of the audit log and of activity; where the audit log begins to tell of it, where it is watched; and
-- the time limit of what follows in it. It reads no table, so it is carried out by the server that httpd is connected with, wherever the rows are.
-- $1 statement timeout, $2 the token's name, $3 its key id, $4 the id of the request, $5 scim.traits
select set_config('statement_timeout', $1, true), set_config('scim.actor_kind', 'token', true), set_config('scim.actor', $2, true),
       set_config('scim.actor_key', $3, true), set_config('scim.request', $4, true), set_config('scim.traits', $5, true),
       case when $5 like '%w%' then (select set_config('scim.noted', s.last_value::text, true) from scim.audit_id s) end
