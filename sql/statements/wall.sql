-- What follows in the transaction is about one tenant.
-- $1 tenant
select set_config('scim.tenant', $1, true)
