-- What a change of policy, mappings or seats would grant and withdraw; nothing is saved.
-- $1 tenant, $2 arguments: syncPolicy, automatic, map, unmap, seats, limit
select scim.admin_policy_preview($1, $2::jsonb)
