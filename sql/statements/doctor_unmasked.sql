-- Doctor: tenants whose activity masks nothing, and for which nobody has ever set the mask.
select t.tenant
  from scim.tenant t
 where t.activity_mask = '{}'
   and not exists (select from scim.audit a
                    where a.tenant = t.tenant and a.object_type = 'Tenant' and a.object_id = t.tenant and a.action = 'update'
                      and (a.after ? 'activityMask' or a.before ? 'activityMask'))
 order by t.tenant
