-- Opens the transaction of a request that reads before it writes.
begin
