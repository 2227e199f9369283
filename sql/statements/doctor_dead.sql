-- Doctor: tables with more dead rows than live ones.
select s.relname::text, s.n_dead_tup::text, s.n_live_tup::text
  from pg_catalog.pg_stat_user_tables s
 where s.schemaname = 'scim' and s.n_dead_tup > 100000 and s.n_dead_tup > s.n_live_tup
 order by s.n_dead_tup desc
