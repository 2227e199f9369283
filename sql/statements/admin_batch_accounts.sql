-- The accounts of a batch, by their ids. $1 tenant, $2 arguments: batch, limit, after
select scim.paged(coalesce((
    select jsonb_agg(jsonb_build_array(i.user_id, {{batch_item_shown}}) order by i.user_id)
      from (select i.*
              from scim.batch_item i
             where i.tenant = $1 and i.batch_id = (select scim.as_id($2::jsonb ->> 'batch'))
               and i.user_id > (select coalesce(($2::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000'))
             order by i.user_id
             limit scim.most($2::jsonb) + 1) i
      left join lateral (select r.* from scim.resource r where r.tenant = $1 and r.id = i.user_id offset 0) r on true), '[]'), scim.most($2::jsonb))
