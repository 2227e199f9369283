-- The last statement before COMMIT: refuses the transaction if its deadline is over. The written rows are locked until
-- the end, so no newer write can come in between.
select {{in_time}}
