-- Whether an account has one of the cached subscriptions, none of which has a limit of seats, if groups decide
-- (store/facts_known.h).
-- $1 tenant, $2 login, folded, $3 groups that give one, $4 the subscriptions, $5 the login attribute
select t.enabled, r.id, r.user_name, r.active, r.flags, t.grounds, r.ground, m.group_id, a.subscription_id, a.source
  from {{facts_known_tenant}}
  left join lateral (
       select {{facts_known_account}} from scim.resource x
        where x.tenant = $1 and x.user_name_key = $2::text and x.type = 'User' and x.deleted_at is null offset 0) r on true
  {{facts_known_grounds}}
