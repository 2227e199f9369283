-- Doctor: tables of more than a few pages without statistics, as after a restore. Reading the size of a table waits
-- for an exclusive lock on it.
select x.name, pg_catalog.pg_size_pretty(x.size)
  from (select c.relname::text as name,
               case when not exists (select from pg_catalog.pg_locks l where l.relation = c.oid and l.mode = 'AccessExclusiveLock' and l.granted)
                    then pg_catalog.pg_relation_size(c.oid) end as size
          from pg_catalog.pg_class c
         where c.relnamespace = 'scim'::regnamespace and c.relkind = 'r' and c.reltuples < 0) x
 where x.size > 1000000
 order by x.size desc, 1
