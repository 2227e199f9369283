-- The groups that are renamed together with a locked group: of a project all its groups, also archived ones. They are
-- locked.
-- $1 tenant, $2 arguments: group, displayName, project, access
with own as materialized (
    select h.id, a.kind, a.project, a.access
      from (select {{group_named}} as id) h
      left join scim.application_group a on a.tenant = $1 and a.group_id = h.id
), line as materialized (
    select {{project_line}} as line from (select o.project from own o) b
), n as materialized (
    select r.id, r.doc, r.source, r.deleted_at is not null as gone,
           case when o.kind = 'project'
                then coalesce(l.line, g.project) || ' (' || case when g.group_id = o.id then coalesce($2::jsonb ->> 'access', g.access) else g.access end || ')'
                else $2::jsonb ->> 'displayName' end as name
      from own o
     cross join line l
     cross join lateral (
            select o.id as group_id, o.project, o.access where o.kind is distinct from 'project' and $2::jsonb ->> 'displayName' is not null
             union all
            select a.group_id, a.project, a.access
              from scim.application_group a
             where a.tenant = $1 and o.kind = 'project' and scim.fold(a.project) = scim.fold(o.project)
               and (a.group_id = o.id or $2::jsonb ->> 'project' is not null)) g
      join scim.resource r on r.tenant = $1 and r.id = g.group_id
     order by r.id
       for no key update of r
)
select case when (select o.kind from own o) = 'project' then (select l.line from line l) end as line, $2::jsonb ->> 'access' as "newAccess",
       (select jsonb_agg(jsonb_build_object('id', x.id, 'was', x.doc, 'source', x.source, 'gone', x.gone, 'name', x.name, 'taken', x.taken,
                                            'takenBy', x."takenBy") order by x.id)
          from (select n.*, {{group_taken}} from n) x) as renamed
