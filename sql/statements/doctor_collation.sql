-- Doctor: collations whose order in the operating system or ICU has changed since indexes were built.
select x.name, x.was, x.now
  from (select format('%I.%I', n.nspname, c.collname), c.collversion, pg_catalog.pg_collation_actual_version(c.oid)
          from pg_catalog.pg_collation c join pg_catalog.pg_namespace n on n.oid = c.collnamespace
         where c.oid in (select a.attcollation from pg_catalog.pg_attribute a join pg_catalog.pg_class t on t.oid = a.attrelid
                          where t.relnamespace = 'scim'::regnamespace)
        union all
        select format('database %I', d.datname), d.datcollversion, pg_catalog.pg_database_collation_actual_version(d.oid)
          from pg_catalog.pg_database d where d.datname = current_database()) x (name, was, now)
 where x.was <> x.now
 order by 1
