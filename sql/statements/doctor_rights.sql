-- Doctor: rights with which httpd's role bypasses row-level security.
select case when r.rolsuper then 'is a superuser' when r.rolbypassrls then 'has BYPASSRLS' else 'has the rights of scim_owner' end,
       case when r.rolsuper then 'alter role scim_web nosuperuser' when r.rolbypassrls then 'alter role scim_web nobypassrls'
            else 'revoke scim_owner from scim_web' end
  from pg_catalog.pg_roles r
 where r.rolname = 'scim_web' and (r.rolsuper or r.rolbypassrls or pg_catalog.pg_has_role(r.oid, 'scim_owner', 'usage'))
