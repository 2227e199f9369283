-- Mappings, oldest first. $1 tenant, $2 arguments: group, subscription, role, q, limit, after
with wanted as materialized (
    select ($2::jsonb ->> 'group')::uuid as group_id, ($2::jsonb ->> 'subscription')::uuid as subscription_id,
           coalesce(($2::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000') as after
), piece as materialized (
    -- The names are read only for a search, as keys, which are already folded.
    select p.*,
           case when $2::jsonb ? 'q'
                then coalesce((select s.name_key from scim.subscription s where s.tenant = $1 and s.id = p.subscription_id), scim.fold(p.role)) || E'\n' ||
                     (select g.display_name_key from scim.resource g where g.tenant = $1 and g.id = p.group_id) end as names
      from scim.mapping p
     where p.tenant = $1 and p.id > (select w.after from wanted w)
       and ($2::jsonb ->> 'group' is null or p.group_id = (select w.group_id from wanted w))
       and ($2::jsonb ->> 'subscription' is null or p.subscription_id = (select w.subscription_id from wanted w))
       and ($2::jsonb ->> 'role' is null or p.role = $2::jsonb ->> 'role')
     order by p.id
     limit {{piece_depth}}
), found as materialized (
    select p.*
      from piece p
     where ($2::jsonb ->> 'q' is null or position((select scim.fold($2::jsonb ->> 'q')) in p.names) > 0)
     limit scim.most($2::jsonb) + 1
)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(p.id, {{mapping_shown}}) order by p.id) from found p), '[]'),
                  scim.most($2::jsonb), {{piece_next}})
