-- The same if groups give subscriptions. $1 tenant, $2 login, folded, $3 names, folded
select {{facts_account}}, n.name, n.automatic, n.automatic_since, n.limited, (n.place).since, (n.place).joined, (n.place).user_id, m.since, m.added, a.granted, a.joined, a.source, r.source, r.wire, r.protected
  from {{facts_by_name}}
  {{facts_subscription}}
  {{facts_mapped_subscription}}
  left join lateral {{facts_grants}} on a.subscription_id = n.id
