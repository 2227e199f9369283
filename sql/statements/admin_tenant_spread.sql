-- Copies the settings of a locked tenant to its tokens, and increments the version of the rules. Each change of a
-- copied setting does so, in its own transaction. $1 tenant
update scim.token k
   set tenant_enabled = t.enabled, tenant_profile = t.profile, tenant_nests = t.nests, keeps = {{tenant_keeps}},
       traits = {{tenant_traits}} || case when k.confined then 'm' else '' end, rules = scim.raised(k.rules)
  from scim.tenant t
 where t.tenant = $1 and k.tenant = $1
