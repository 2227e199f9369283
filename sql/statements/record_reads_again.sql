-- The same, if they may have been recorded already.
-- $1 to $13 as record_reads.sql
{{record_reads}}
on conflict do nothing
