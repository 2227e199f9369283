-- Doctor: tables of tenants without row-level security.
select c.relname::text
  from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped
 where c.relnamespace = 'scim'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity
 order by 1
