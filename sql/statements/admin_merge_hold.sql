-- Locks both users of a merge, in the same order for all merges, so that two of them do not deadlock. $1 tenant, $2
-- arguments: user, into
select null::text as held
  from scim.resource x
 where x.tenant = $1 and x.id = any (array [{{user_named}}, {{into_named}}])
 order by x.id
   for update
