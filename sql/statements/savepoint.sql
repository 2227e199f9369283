-- A part of a Bulk request that is one transaction.
savepoint part
