-- The row of activity of a Bulk request that was several transactions, in one of its own. $1 to $9 as of the statement `finish`
{{activity_row}}
returning (extract(epoch from at) * 1000000)::bigint, id
