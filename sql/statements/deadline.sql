-- The last statement before COMMIT: refuses the transaction if its deadline is over. The written rows are locked until
-- the end, so no newer write can come in between.
-- $1 the deadline, by the database's clock (seconds)
select clock_timestamp(),
       case when clock_timestamp() > to_timestamp($1::float8) then scim.refuse('SC0LT', 'the deadline was over before the end') end
