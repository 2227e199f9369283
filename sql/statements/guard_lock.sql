-- Only one transaction of a tenant at a time may add up the access that it removes: two would not see each other's
-- changes.
-- $1 tenant, $2 the number from which the audit log has the transaction's entries, $3 the transaction's id
select case when exists (select from scim.audit a where a.tenant = $1 and a.id >= $2::bigint and a.xid = $3::xid8 and a.weight + a.logins > 0)
            then pg_advisory_xact_lock(hashtextextended('scim.guard ' || $1, 0)) end
