-- The links of a tenant's accounts, or of one, in the order of creation.
-- $1 tenant, $2 arguments: q, user (already resolved to an id), limit, after
with wanted as materialized (
    select ($2::jsonb ->> 'user')::uuid as user_id, coalesce(($2::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000') as after
), piece as materialized (
    (select l.*
       from scim.link l
      where $2::jsonb ->> 'user' is null and l.tenant = $1 and l.id > (select w.after from wanted w)
      order by l.id
      limit {{piece_depth}})
     union all
    (select l.*
       from scim.link l
      where l.tenant = $1 and l.user_id = (select w.user_id from wanted w) and l.id > (select w.after from wanted w)
      order by l.id
      limit {{piece_depth}})
), found as materialized (
    select l.* from piece l where scim.has($2::jsonb ->> 'q', l.issuer, l.subject) limit scim.most($2::jsonb) + 1
)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(l.id, {{link_shown}}) order by l.id) from found l), '[]'),
                  scim.most($2::jsonb), {{piece_next}})
