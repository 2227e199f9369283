-- The same by e-mail address. $1 tenant, $2 login, folded
select {{facts_account}}, g.name
  from {{facts_by_email}}
{{facts_in_groups}}
