-- Authentication alone, as the head of a transaction.
select k.profile, k.user_id, {{reader}}
  from {{tenant_bounded}}
  {{token}}
