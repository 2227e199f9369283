-- Gives the tokens of a tenant, which is locked, their copies of its settings, and raises the version of the rules: each change of what they are copies
-- of does so, in its own transaction. $1 tenant
update scim.token k
   set tenant_enabled = t.enabled, tenant_profile = t.profile, tenant_nests = t.nests, keeps = {{tenant_keeps}},
       traits = {{tenant_traits}} || case when k.confined then 'm' else '' end, rules = scim.raised(k.rules)
  from scim.tenant t
 where t.tenant = $1 and k.tenant = $1
