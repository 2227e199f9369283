-- Sets the timeout of the following statements of the transaction, as bound does, and disables sorting, so that they
-- read in the order of an index: if statistics promise few rows, PostgreSQL would otherwise read and sort the whole
-- tenant for each page. A sort that is still necessary then seems very expensive, so JIT compilation is disabled, too.
-- $1 statement timeout in milliseconds, $2 whether to sort what the index leaves equal: on or off
select set_config('statement_timeout', $1, true),
       set_config('enable_sort', 'off', true), set_config('jit', 'off', true),
       set_config('enable_incremental_sort', $2, true)
