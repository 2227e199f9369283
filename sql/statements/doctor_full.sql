-- Doctor: the server's connections, or those of httpd's role, are nearly used up.
select x.whose, x.used::text, x.most::text
  from (select 'PostgreSQL', (select count(*) from pg_catalog.pg_stat_activity a where a.backend_type = 'client backend'),
               current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
        union all
        select 'The role scim_web', (select count(*) from pg_catalog.pg_stat_activity a where a.usename = 'scim_web'), r.rolconnlimit
          from pg_catalog.pg_roles r where r.rolname = 'scim_web' and r.rolconnlimit >= 0) x (whose, used, most)
 where x.used * 10 >= x.most * 8
