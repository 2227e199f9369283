-- The users that provisioning can reach and that have access. $1 tenant, $2 how many are counted at the most
select count(*)
  from (select from scim.resource r
         where r.tenant = $1 and r.type = 'User' and r.active and r.protected is null and r.wire
         order by r.id
         limit $2::bigint) x
