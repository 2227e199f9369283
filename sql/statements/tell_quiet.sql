-- Tokens that have fallen silent. $1 how many seconds ago the log said so last, which is a day
select tenant, said from scim.tell_quiet() where $1::bigint > 0
