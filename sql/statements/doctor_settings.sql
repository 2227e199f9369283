-- Doctor: settings of httpd's role that are missing (sql/roles.sql makes them).
select s
  from unnest(array ['plan_cache_mode=force_generic_plan', 'enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off', 'jit=off']) s
 where not exists (select from pg_catalog.pg_roles r where r.rolname = 'scim_web' and s = any (r.rolconfig))
