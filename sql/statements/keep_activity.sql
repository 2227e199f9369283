-- $1 how long activity is kept, in seconds
select scim.keep_activity($1::bigint * interval '1 second')
