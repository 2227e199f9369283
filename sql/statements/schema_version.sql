-- The newest migration that the database has, the checksum of its code, and why row-level security does not hold for who asks; null
-- where it does. What scimctl does after it has taken up the owner's role is meant to be beyond it.
select coalesce((select max(number) from scim.migration), 0), coalesce((select checksum from scim.code), ''),
       (select case when r.rolsuper then 'is a superuser'
                    when r.rolbypassrls then 'has BYPASSRLS'
                    when current_setting('role') = 'none' and pg_has_role(r.oid, 'scim_owner', 'usage') then 'has the rights of scim_owner'
               end
          from pg_roles r
         where r.rolname = current_user)
