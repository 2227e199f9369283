-- The same if groups give roles: a row for each grant and each group. $1 tenant, $2 login, folded
select {{facts_account}}, t.default_role, r.role, r.created, m.since, m.added, m.role, a.granted, a.joined, a.source, a.role, r.source, r.protected
  from {{facts_by_name}}
  {{facts_mapped_role}}
  left join lateral {{facts_grants}} on a.role is not null
