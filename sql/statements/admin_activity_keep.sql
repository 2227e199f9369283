-- Deletes old activity. $1 not used, $2 arguments: days
select case when $1::text is null then scim.keep_activity(make_interval(days => ($2::jsonb ->> 'days')::int)) end
