-- Records the kind of an application's group. $1 tenant, $2 id, kind (null: no such group), line, access
insert into scim.application_group (tenant, group_id, kind, project, access)
select $1, x.id, x.kind, x.line, x.access
  from jsonb_to_record($2::jsonb) x (id uuid, kind text, line text, access text)
 where x.kind is not null
returning 1
