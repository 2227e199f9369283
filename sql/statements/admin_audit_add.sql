-- Writes the audit entries of an administrator's change. $1 tenant, $2 entries (rules/noun.h)
with {{tell}}
insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, before, after, weight, logins)
select $1, {{actor}}, e.action, e.type, e.id, e.name, e.before, e.after, coalesce(e.weight, 0), coalesce(e.logins, 0)
  from jsonb_to_recordset($2::jsonb) e (action text, type text, id text, name text, before jsonb, after jsonb, weight int, logins int)
returning 1
