-- Doctor: whether everybody may create temporary tables.
select format('%I', d.datname)
  from pg_catalog.pg_database d cross join lateral pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
 where d.datname = current_database() and a.grantee = 0 and a.privilege_type = 'TEMPORARY'
