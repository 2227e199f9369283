-- Adds successful reads of one tenant, from columns.
-- $1 tenant, $2 when, in microseconds since 1970, $3 id, $4 key id of the token, $5 its name, $6 method, $7 path, $8
-- status, $9 duration, $10 request, $11 address, $12 and $13 id and type of the one resource
{{record_reads}}
returning 1
