-- The last statement of what commits: refuses it where nobody waits for it any more. What it has written is locked until the end, so
-- nothing newer can have been done to that in between.
-- $1 the deadline, by the database's clock (seconds)
select clock_timestamp(),
       case when clock_timestamp() > to_timestamp($1::float8) then scim.refuse('SC0LT', 'the deadline was over before the end') end
