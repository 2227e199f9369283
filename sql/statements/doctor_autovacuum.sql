-- Doctor: whether tables are cleaned, and statistics kept, without anybody's doing.
select name from pg_catalog.pg_settings where name in ('autovacuum', 'track_counts') and setting = 'off' order by name
