-- Doctor: tables of which much is rows that nobody sees any more.
select s.relname::text, s.n_dead_tup::text, s.n_live_tup::text
  from pg_catalog.pg_stat_user_tables s
 where s.schemaname = 'scim' and s.n_dead_tup > 100000 and s.n_dead_tup > s.n_live_tup
 order by s.n_dead_tup desc
