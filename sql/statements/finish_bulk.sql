-- The row of activity of a Bulk request that was several transactions, in one of its own. $1 to $13 as of the statement `finish`
{{activity_row}}
