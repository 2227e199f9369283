-- Only authentication, at the beginning of a transaction.
-- $1 to $7 authentication, $8 the version of the rules that the following statements were computed with
-- (rules/rules.h); null: with none
select k.profile, k.user_id,
       case when k.rules <> $8::bigint then scim.refuse('SC0RV', 'the rules of the tenant have changed') end,
       {{reader}}
  from (select) s
  {{token}}
