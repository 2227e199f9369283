-- The facts about an account's roles if groups give none: a row for each grant. $1 tenant, $2 login, folded
select {{facts_account}}, t.default_role, r.role, r.created, null::timestamptz, null::timestamptz, null::text, a.granted, a.joined, a.source, a.role, r.source, r.protected
  from {{facts_by_name}}
  left join lateral {{facts_grants}} on a.role is not null
