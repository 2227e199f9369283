-- The same with groups. $1, $2 as there
select {{facts_row}},
       false, null::text, null::text[], null::text[], null::text[], u.groups, false, {{facts_traits}}
  from {{facts_by_login}}
  {{facts_groups}}
