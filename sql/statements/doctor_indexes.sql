-- Doctor: indexes that no query can use.
select c.relname::text
  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
 where c.relnamespace = 'scim'::regnamespace and not (i.indisvalid and i.indisready)
 order by 1
