-- What decides whether a tenant may be removed (rules/removal.h). $1 tenant, $2 arguments: none of them matters
select jsonb_build_object('enabled', t.enabled, 'removing', t.removing is not null)
  from scim.tenant t
 cross join lateral scim.must_match(scim.tenant_json(t)) m
 where t.tenant = $1 and $2::jsonb is not null
   for no key update of t
