-- What a merge would carry over. $1 tenant, $2 arguments: user, into
select scim.admin_user_merge_preview($1, $2::jsonb)
