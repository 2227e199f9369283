-- The number of users whom provisioning can change and who have access. $1 tenant, $2 the number up to which they are
-- counted
select count(*)
  from (select from scim.resource r
         where r.tenant = $1 and r.type = 'User' and r.active and r.protected is null and r.wire
         order by r.id
         limit $2::bigint) x
