-- A role; how many have it is no part of its version. $1 tenant, $2 arguments: role
select scim.role_json(r) || {{role_counts}}, scim.etag(scim.role_json(r))
  from scim.the_role($1, $2::jsonb ->> 'role') r
