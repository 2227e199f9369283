-- The end of a part of a Bulk request: where the tenant is watched, all of the request must be one transaction (SC0WT).
-- $1 tenant
select case when scim.noted() and t.watched then scim.refuse('SC0WT', 'the tenant is watched') end
  from scim.tenant t
 where t.tenant = $1
