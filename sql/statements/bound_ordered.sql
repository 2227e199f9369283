-- Limits the time of what follows in the transaction, as bound does, and has it read in the order of an index and not sort: where
-- statistics promise few rows, all of a tenant would be read and sorted for each page. What has to be sorted all the same seems very
-- dear then, and is not to be compiled for that.
-- $1 statement timeout in milliseconds, $2 whether to sort what the index leaves equal: on or off
select set_config('statement_timeout', $1, true),
       set_config('enable_sort', 'off', true), set_config('jit', 'off', true),
       set_config('enable_incremental_sort', $2, true)
