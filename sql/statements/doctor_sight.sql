-- Doctor: whether the current user sees the activity of others.
select format('%I', current_user::text) where not pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'usage')
