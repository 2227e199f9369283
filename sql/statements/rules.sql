-- The rules for computing a write by this token, and their version. `traits` is explained in tenant_traits.part.
-- $1 tenant, $2 the token's key id
select k.rules,
       jsonb_build_object({{rules_of_tenant}}, 'restoresMappings', t.restore_mappings = 'displayName',
                          'entitlements', t.sent_entitlements,
                          'subscriptions', case when t.sent_entitlements = 'match' then (
                              select jsonb_agg(jsonb_build_array(s.id, s.name) order by s.id) from scim.subscription s where s.tenant = $1) end,
                          'templates', {{templates_listed}}, 'token', k.name, 'traits', k.traits,
                          'roles', (select jsonb_agg(jsonb_build_array(r.doc ->> 'value', r.id, r.doc ->> 'display') order by r.id)
                                      from scim.resource r
                                     where r.tenant = $1 and r.type = 'Role' and r.wire))
  from scim.tenant t, scim.token k
 where t.tenant = $1 and k.tenant = $1 and k.key_id = $2
