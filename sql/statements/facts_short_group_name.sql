-- What decides which groups an account is in: a row for each. $1 tenant, $2 login, folded
select {{facts_account}}, g.name
  from {{facts_by_name}}
{{facts_in_groups}}
