-- The database's newest migration, the checksum of its code, and why the user bypasses row-level security; null: the
-- user does not. scimctl bypasses it on purpose after it has switched to the owner's role.
select coalesce((select max(number) from scim.migration), 0), coalesce((select checksum from scim.code), ''),
       (select case when r.rolsuper then 'is a superuser'
                    when r.rolbypassrls then 'has BYPASSRLS'
                    when current_setting('role') = 'none' and pg_has_role(r.oid, 'scim_owner', 'usage') then 'has the rights of scim_owner'
               end
          from pg_roles r
         where r.rolname = current_user)
