-- Changes a template. $1 tenant, $2 id, name, priority, condition, role, flags; if they have changed also
-- conditionSql, conditionParams, groupIds, subscriptionIds
with t as (
update scim.template t
   set name = x.name, name_key = scim.fold(x.name), priority = x.priority, condition = x.condition,
       condition_sql = case when x.condition is not null then coalesce(x."conditionSql", t.condition_sql) end,
       condition_params = case when x.condition is not null then coalesce(x."conditionParams", t.condition_params) end, role = x.role,
       groups = coalesce(x."groupIds", t.groups), subscriptions = coalesce(x."subscriptionIds", t.subscriptions), flags = x.flags, last_modified = now()
  from jsonb_to_recordset(jsonb_build_array($2::jsonb)) x (id uuid, name text, priority int, condition text, "conditionSql" text, "conditionParams" text[], role text,
                                     "groupIds" uuid[], "subscriptionIds" uuid[], flags text[])
 where t.tenant = $1 and t.id = x.id
returning t.*
)
select {{template_shown}} from t
