-- The same with all lists. $1, $2 as there
select {{facts_row}},
       false, {{facts_role}},
       o.roles, e.entitlements, e.waiting, u.groups, false, {{facts_traits}}
  from {{facts_by_login}}
  {{facts_roles}}
  {{facts_entitlements}}
  {{facts_groups}}
