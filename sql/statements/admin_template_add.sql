-- Adds a template. $1 tenant, $2 id, name, priority, condition, conditionSql, conditionParams, role, groupIds,
-- subscriptionIds, flags
with t as (
insert into scim.template (tenant, id, name, name_key, priority, condition, condition_sql, condition_params, role, groups, subscriptions, flags)
select $1, x.id, x.name, scim.fold(x.name), x.priority, x.condition, x."conditionSql", x."conditionParams", x.role,
       coalesce(x."groupIds", '{}'), coalesce(x."subscriptionIds", '{}'), x.flags
  from jsonb_to_record($2::jsonb) x (id uuid, name text, priority int, condition text, "conditionSql" text, "conditionParams" text[], role text,
                                     "groupIds" uuid[], "subscriptionIds" uuid[], flags text[])
returning *
)
select {{template_shown}} from t
