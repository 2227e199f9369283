-- The name of a new group, and which group has the name already. "offset 0" because with row-level security coalesce()
-- keeps a condition from an index.
-- $1 tenant, $2 arguments: displayName, project, access
select n.line, n.name, {{group_taken}}
  from (select l.line, coalesce($2::jsonb ->> 'displayName', l.line || ' (' || ($2::jsonb ->> 'access') || ')') as name, null::uuid as id
          from (select {{project_line}} as line from (select null::text as project) b offset 0) l
        offset 0) n
