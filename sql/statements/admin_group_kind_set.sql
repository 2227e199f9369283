-- Renames a project in all its groups, and a level of access in one group. $1 tenant, $2 id, wasProject, line,
-- newAccess
update scim.application_group a
   set project = coalesce(x.line, a.project), access = case when a.group_id = x.id then coalesce(x."newAccess", a.access) else a.access end
  from jsonb_to_recordset(jsonb_build_array($2::jsonb)) x (id uuid, "wasProject" text, line text, "newAccess" text)
 where a.tenant = $1 and scim.fold(a.project) = scim.fold(x."wasProject")
