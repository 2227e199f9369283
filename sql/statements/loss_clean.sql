-- Deletes records that do not count any more. $1 tenant
delete from scim.loss l where l.tenant = $1 and l.at <= now() - interval '1 hour'
