-- The savepoint for one transaction's part of a Bulk request.
savepoint part
