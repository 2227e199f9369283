-- The number of resources of some types. If the tally has many rows, as after many resources were made at once, it sums
-- them up, if it may write.
-- $1 tenant, $2 types
select coalesce(sum(t.n), 0)::bigint,
       case when count(*) > 500 and not current_setting('transaction_read_only')::boolean then scim.fold_tally($1) end
  from scim.tally t
 where t.tenant = $1 and t.type = any ($2::text[])
