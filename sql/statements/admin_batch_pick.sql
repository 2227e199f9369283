-- The next accounts of a batch that were not taken back yet; they are locked. $1 tenant, $2 batch, after, rows
with i as materialized (
    select i.*
      from scim.batch_item i
     where i.tenant = $1 and i.batch_id = (select scim.as_id($2::jsonb ->> 'batch'))
       and i.user_id > (select coalesce(($2::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000')) and i.undone is null
     order by i.user_id
     limit (select ($2::jsonb ->> 'rows')::int)
), r as materialized (
    select r.id, r.doc, r.deleted_at, r.protected, r.source, r.active, r.version
      from (select i.user_id from i offset 0) i
      join scim.resource r on r.tenant = $1 and r.id = i.user_id
     order by r.id
       for no key update of r
)
select coalesce(jsonb_agg({{batch_item_shown}} order by i.user_id), '[]') from i left join r on r.id = i.user_id
