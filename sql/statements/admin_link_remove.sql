-- Takes a link away. $1 tenant, $2 arguments: link
select scim.admin_link_remove($1, $2::jsonb)
