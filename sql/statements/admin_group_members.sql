-- The members of a group, in the order of their ids. "select" because behind row-level security coalesce() keeps a condition from an
-- index. "offset 0" because members are read in their order until the page is full, and not all users of the tenant beside them.
-- $1 tenant, $2 arguments: group (its id), q, limit, after
with piece as materialized (
    select m.member_id as id, m.added, u.names
      from scim.membership m
     cross join lateral (
            select scim.low(concat_ws(E'\n', r.doc ->> 'userName', r.doc ->> 'displayName')) as names
              from scim.resource r
             where r.tenant = $1 and r.id = m.member_id and r.deleted_at is null
            offset 0) u
     where m.tenant = $1 and m.group_id = ($2::jsonb ->> 'group')::uuid
       and m.member_id > (select coalesce(($2::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000'))
     order by m.member_id
     limit {{piece_depth}}
), found as materialized (
    select p.id, p.added
      from piece p
     where $2::jsonb ->> 'q' is null or position((select scim.low($2::jsonb ->> 'q')) in p.names) > 0
     limit scim.most($2::jsonb) + 1
)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(f.id, jsonb_build_object(
                                       'id', f.id, 'type', u.type, 'name', coalesce(u.doc ->> 'userName', u.doc ->> 'displayName'),
                                       'displayName', u.doc ->> 'displayName', 'source', u.source, 'added', scim.time_text(f.added))) order by f.id)
                              from found f
                             cross join lateral (
                                    select r.type, r.doc, r.source from scim.resource r where r.tenant = $1 and r.id = f.id offset 0) u), '[]'),
                  scim.most($2::jsonb), {{piece_next}})
