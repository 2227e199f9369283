-- Locks the next accounts of a batch that are not undone yet, and before them the groups that they will leave. Only
-- what an account still has from the batch is undone: a membership that was made later belongs to somebody else. $1
-- tenant, $2 batch, after, rows
with i as materialized (
    select i.*
      from scim.batch_item i
     where i.tenant = $1 and i.batch_id = (select scim.as_id($2::jsonb ->> 'batch'))
       and i.user_id > (select coalesce(($2::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000')) and i.undone is null
     order by i.user_id
     limit (select ($2::jsonb ->> 'rows')::int)
), g as materialized (
    select g.id
      from (select x.value::uuid as id from i cross join lateral jsonb_array_elements_text(i.undo -> 'groups') x
             union
            select m.group_id from i join scim.membership m on m.tenant = $1 and m.member_id = i.user_id where i.what = 'made') w
      join scim.resource g on g.tenant = $1 and g.id = w.id
     order by g.id
       for update of g
), r as materialized (
    select r.id, r.doc, r.deleted_at, r.protected, r.source, r.active, r.version
      from (select i.user_id from i offset 0) i
      join scim.resource r on r.tenant = $1 and r.id = i.user_id
     where (select count(*) from g) >= 0
     order by r.id
       for no key update of r
)
select coalesce(jsonb_agg({{batch_item_shown}} || jsonb_build_object('undo', i.undo
           || case when i.undo ? 'groups' then jsonb_build_object('groups', (
                  select coalesce(jsonb_agg(m.group_id order by m.group_id), '[]')
                    from scim.membership m
                   where m.tenant = $1 and m.member_id = i.user_id and i.undo -> 'groups' ? m.group_id::text
                     and m.added = coalesce((i.undo ->> 'at')::timestamptz, m.added))) else '{}' end
           || case when i.undo ? 'grants' then jsonb_build_object('grants', (
                  select coalesce(jsonb_agg(a.id order by a.id), '[]')
                    from scim.access_grant a
                   where a.tenant = $1 and a.user_id = i.user_id and i.undo -> 'grants' ? a.id::text)) else '{}' end) order by i.user_id), '[]')
  from i
  left join r on r.id = i.user_id
