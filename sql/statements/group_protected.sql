-- Refuses to delete a group with a protected user in it or in a group in it.
-- $1 tenant, $2 id, $3 the group's name
select scim.refuse('SC403', format('The user "%s", who is in the group "%s", is protected. Provisioning may not delete the group; an administrator '
                                   'can unlink it.', p.who, $3::text))
  from (select {{protected_in}} as who from (select array [$2::uuid] as groups offset 0) n) p
 where p.who is not null
