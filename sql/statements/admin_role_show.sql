-- A role; the number of its accounts is not part of its version. $1 tenant, $2 arguments: role
select {{role_shown}} || {{role_counts}}, scim.etag({{role_shown}})
  from scim.resource r
 where r.tenant = $1 and r.id = {{role_id}}
