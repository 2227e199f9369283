-- Changes of many accounts at once, newest first. $1 tenant, $2 arguments: q, kind, limit, after
select scim.paged(coalesce((
    select jsonb_agg(jsonb_build_array(b.id, {{batch_shown}}) order by b.id desc)
      from (select b.*
              from scim.batch b
             where b.tenant = $1 and b.id < (select coalesce(($2::jsonb ->> 'after')::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
               and ($2::jsonb ->> 'kind' is null or b.kind = $2::jsonb ->> 'kind') and scim.has($2::jsonb ->> 'q', b.name, b.actor)
             order by b.id desc
             limit scim.most($2::jsonb) + 1) b), '[]'), scim.most($2::jsonb))
