-- A page of the groups. $1 tenant, $2 arguments: sort, order, source, archived, q, limit, after (an id)
select scim.admin_group_list($1, $2::jsonb)
