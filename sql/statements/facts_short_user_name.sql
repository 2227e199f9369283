-- The facts about an account alone. $1 tenant, $2 login, folded
select {{facts_account}}
  from {{facts_by_name}}
