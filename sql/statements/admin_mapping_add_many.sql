-- Maps groups to subscriptions and roles. $1 tenant, $2 arguments: groups, subscriptions, roles
select scim.admin_mapping_add_many($1, $2::jsonb)
