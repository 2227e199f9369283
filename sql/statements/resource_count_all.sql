-- How many resources of several types match. The filter takes the place of `true /* filter */`.
-- $1 tenant, $2 types
select count(*)
  from scim.resource r
 where r.tenant = $1 and r.type = any ($2::text[]) and r.deleted_at is null and true /* filter */
