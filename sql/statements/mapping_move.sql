-- Moves a mapping from a deleted group to a new one, from now on, with its audit entries. If the mapping does not
-- exist any more, or the new group was not added, it does nothing. $1 tenant, $2 the mapping, $3 the deleted group, $4
-- the new group, $5 entries of the audit log (rules/mapping.h)
with {{grounds_raised}}, {{tell}}, moved as (
    update scim.mapping p
       set group_id = $4::uuid, since = now()
     where p.tenant = $1 and p.id = $2::uuid and p.group_id = $3::uuid
       and exists (select from scim.resource g where g.tenant = $1 and g.id = $4::uuid)
    returning p.id
)
insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, before, after)
select $1, {{actor}}, e.action, e.type, e.id, e.name, e.before, e.after
  from moved
 cross join lateral jsonb_to_recordset($5::jsonb) e (action text, type text, id text, name text, before jsonb, after jsonb)
returning 1
