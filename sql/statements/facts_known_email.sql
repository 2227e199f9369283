-- The same by e-mail address. $1 to $5 as there
select t.enabled, r.id, r.user_name, r.active, r.flags, t.grounds, r.ground, m.group_id, a.subscription_id, a.source
  from {{facts_known_tenant}}
  left join lateral (
       select {{facts_known_account}} from scim.resource x
        where x.tenant = $1 and x.login_key = $2::text and x.type = 'User' and x.deleted_at is null offset 0) r on true
  {{facts_known_grounds}}
