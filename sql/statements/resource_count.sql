-- How many resources match. The filter takes the place of `true /* filter */`.
-- $1 tenant, $2 type
select count(*)
  from scim.resource r
 where r.tenant = $1 and r.type = $2 and r.deleted_at is null and true /* filter */
