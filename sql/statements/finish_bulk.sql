-- The row of activity of a Bulk request with several transactions, in a transaction of its own after all of them. $1
-- to $15 as in the statement `finish`
{{activity_row}}
{{activity_again}}
