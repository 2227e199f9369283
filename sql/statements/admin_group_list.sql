-- The groups of a tenant: by name, or in the order in which they were made, as archived ones always are. Each order is an index.
-- $1 tenant, $2 arguments: sort, source, archived, q, limit, after (an id)
with asked as materialized (
    select coalesce($2::jsonb ->> 'sort', 'displayName') = 'displayName' as by_name,
           coalesce(($2::jsonb ->> 'archived')::boolean, false) as archived,
           coalesce(($2::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000') as after,
           coalesce((select r.display_name_key from scim.resource r where r.tenant = $1 and r.id = ($2::jsonb ->> 'after')::uuid), '') as name
), named as (
    select g.id, g.group_name_key as place, scim.group_row(g) as shown
      from scim.resource g
     where (select a.by_name and not a.archived from asked a)
       and g.tenant = $1 and g.group_name_key > (select a.name from asked a)
       and g.source = coalesce($2::jsonb ->> 'source', g.source) and scim.has($2::jsonb ->> 'q', g.doc ->> 'displayName')
     order by g.group_name_key
     limit scim.most($2::jsonb) + 1
), seen as (
    select g.id, '' as place, scim.group_row(g) as shown
      from scim.resource g
     where (select not a.by_name and not a.archived from asked a)
       and g.tenant = $1 and g.type = 'Group' and g.wire and g.id > (select a.after from asked a)
       and g.source = coalesce($2::jsonb ->> 'source', g.source) and scim.has($2::jsonb ->> 'q', g.doc ->> 'displayName')
     order by g.id
     limit scim.most($2::jsonb) + 1
), hidden as (
    select g.id, '' as place, scim.group_row(g) as shown
      from scim.resource g
     where (select not a.by_name and not a.archived from asked a)
       and g.tenant = $1 and g.type = 'Group' and g.source <> 'scim' and g.deleted_at is null and g.id > (select a.after from asked a)
       and not g.wire
       and g.source = coalesce($2::jsonb ->> 'source', g.source) and scim.has($2::jsonb ->> 'q', g.doc ->> 'displayName')
     order by g.id
     limit scim.most($2::jsonb) + 1
), gone as (
    select g.id, '' as place, scim.group_row(g) as shown
      from scim.resource g
     where (select a.archived from asked a)
       and g.tenant = $1 and g.type = 'Group' and g.deleted_at is not null and g.id > (select a.after from asked a)
       and g.source = coalesce($2::jsonb ->> 'source', g.source) and scim.has($2::jsonb ->> 'q', g.doc ->> 'displayName')
     order by g.id
     limit scim.most($2::jsonb) + 1
)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x.id, x.shown) order by x.place, x.id)
                              from (select * from named union all select * from seen union all select * from hidden
                                     union all select * from gone
                                     order by 2, 1
                                     limit scim.most($2::jsonb) + 1) x), '[]'), scim.most($2::jsonb))
