-- The facts about whether an account has one of the subscriptions named $3, if groups give none: a row for each
-- subscription and each grant of it.
-- $1 tenant, $2 login, folded, $3 names, folded
select {{facts_account}}, n.name, n.automatic, n.automatic_since, n.limited, (n.place).since, (n.place).joined, (n.place).user_id, null::timestamptz, null::timestamptz, a.granted, a.joined, a.source, r.source, r.wire, r.protected
  from {{facts_by_name}}
  {{facts_subscription}}
  left join lateral {{facts_grants}} on a.subscription_id = n.id
