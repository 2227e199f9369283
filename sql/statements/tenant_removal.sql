-- What decides whether a tenant may be removed (rules/removal.h). $1 tenant, $2 arguments: none of them matters
select jsonb_build_object('enabled', t.enabled, 'removing', t.removing is not null)
  from (select * from scim.tenant t where t.tenant = $1) t
 cross join lateral scim.must_match(scim.tenant_json(t::scim.tenant)) m
 where $2::jsonb is not null
   for no key update of t
