-- The same with subscriptions. $1, $2 as there
select {{facts_row}},
       false, null::text, null::text[], e.entitlements, e.waiting, null::text[], false, {{facts_traits}}
  from {{facts_by_login}}
  {{facts_entitlements}}
