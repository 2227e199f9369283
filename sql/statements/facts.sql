-- The facts about an account, without lists. $1 tenant, $2 login, folded, or null
select {{facts_row}},
       false, null::text, null::text[], null::text[], null::text[], null::text[], false, {{facts_traits}}
  from {{facts_by_login}}
