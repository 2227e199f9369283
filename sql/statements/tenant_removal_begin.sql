-- Marks a tenant as being removed, if it is not marked. $1 tenant, $2 arguments: none
with marked as (
    update scim.tenant t set removing = now()
     where t.tenant = $1 and not t.enabled and t.removing is null and $2::jsonb is not null
    returning t.*
), {{tell}}, noted as (
    insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, before)
    select $1, {{actor}}, 'remove', 'Tenant', m.tenant, m.display_name, scim.tenant_counted(scim.tenant_json(m::scim.tenant)) from marked m returning 1
)
select jsonb_build_object('marked', (select count(*) from marked))
