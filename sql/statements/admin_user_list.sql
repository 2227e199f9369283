-- A page of accounts. $1 tenant, $2 arguments: q, state, source, role, flag, protected, sort, order, limit, after
select scim.admin_user_list($1, $2::jsonb)
