-- The same, searched by an identity first. $1 tenant, $2 login folded, or null, $3 issuer, $4 subject
select {{facts_row}},
       l.user_id is null
       and exists (select from scim.link k where k.tenant = $1 and k.user_id = r.id and k.issuer = $3::text), {{facts_role}},
       o.roles, e.entitlements, e.waiting, u.groups,
       t.link_policy = 'first-login' and r.active and l.user_id is null
       and not exists (select from scim.link k where k.tenant = $1 and k.user_id = r.id and k.issuer = $3::text),
       {{facts_traits}}
  from {{facts_by_link}}
  {{facts_roles}}
  {{facts_entitlements}}
  {{facts_groups}}
