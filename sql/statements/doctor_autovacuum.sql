-- Doctor: whether tables are vacuumed and analysed automatically.
select name from pg_catalog.pg_settings where name in ('autovacuum', 'track_counts') and setting = 'off' order by name
