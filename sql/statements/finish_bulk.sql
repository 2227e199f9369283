-- The row of activity of a Bulk request that was several transactions, in one of its own, when all of them have ended. $1 to $15 as of
-- the statement `finish`
{{activity_row}}
{{activity_again}}
