-- One transaction of a tenant at a time adds up what it takes access from: two at once would each not see what the other does.
-- $1 tenant, $2 where the audit log begins to tell of this transaction, $3 the transaction's number
select case when exists (select from scim.audit a where a.tenant = $1 and a.id >= $2::bigint and a.xid = $3::xid8 and a.weight + a.logins > 0)
            then pg_advisory_xact_lock(hashtextextended('scim.guard ' || $1, 0)) end
