-- The accounts that lines concern: by userName, or by the e-mail address if people log in with it; and which earlier
-- line of the import concerned each. $1 tenant, $2 import, names (a list of objects: n, userName, email)
select coalesce(jsonb_object_agg(f.n::text, jsonb_build_object('id', f.id, 'line', (
               select i.line
                 from scim.batch_item i
                where i.tenant = $1 and i.batch_id = (select ($2::jsonb ->> 'import')::uuid) and i.user_id = f.id))), '{}')
  from (select l.n, coalesce((select r.id from scim.resource r where r.tenant = $1 and r.user_name_key = l.name_key),
                             (select r.id from scim.resource r where r.tenant = $1 and r.login_key = l.email_key and r.login_key is not null)) as id
          from (select n.n, scim.fold(n."userName") as name_key, scim.fold(n.email) as email_key
                  from jsonb_to_recordset($2::jsonb -> 'names') n (n int, "userName" text, email text)
                offset 0) l) f
 where f.id is not null
