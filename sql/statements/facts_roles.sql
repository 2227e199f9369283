-- The same with roles. $1, $2 as there
select {{facts_row}},
       false, {{facts_role}},
       o.roles, null::text[], null::text[], null::text[], false, {{facts_traits}}
  from {{facts_by_login}}
  {{facts_roles}}
