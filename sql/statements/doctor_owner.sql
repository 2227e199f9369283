-- Doctor: objects that do not belong to scim_owner.
select format('%I.%I', c.relnamespace::regnamespace, c.relname), pg_catalog.pg_get_userbyid(c.relowner)::text
  from pg_catalog.pg_class c
 where c.relnamespace in ('scim'::regnamespace, 'scim_app'::regnamespace) and c.relkind in ('r', 'p', 'v', 'S')
   and c.relowner <> 'scim_owner'::regrole
 order by 1
