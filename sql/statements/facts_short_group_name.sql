-- The facts about an account's groups: a row for each group. $1 tenant, $2 login, folded
select {{facts_account}}, g.name
  from {{facts_by_name}}
{{facts_in_groups}}
