-- What decides about an account by itself. $1 tenant, $2 login, folded
select {{facts_account}}
  from {{facts_by_name}}
