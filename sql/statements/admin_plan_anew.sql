-- Plans the following statements of the transaction for their actual parameters, with which they may read many rows:
-- with hash joins, and more memory.
select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_hashjoin', 'on', true), set_config('enable_bitmapscan', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true), set_config('work_mem', '64MB', true)
