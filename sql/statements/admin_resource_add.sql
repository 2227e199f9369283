-- Adds a resource of an administrator, with its rows of scim.lookup and the tally. $1 tenant, $2 id, type, doc, source
-- (default: scim)
with made as (
    insert into scim.resource (tenant, id, type, doc, source, wire, display_name_key, group_name_key, modified_hour)
    select $1, x.id, x.type, x.doc, x.source, x.source <> 'local', scim.fold(x.doc ->> 'displayName'),
           case x.type when 'Group' then scim.fold(x.doc ->> 'displayName') end, scim.hour(now())
      from (select c.id, c.type, c.doc, coalesce(c.source, 'scim') as source
              from jsonb_to_record($2::jsonb) c (id uuid, type text, doc jsonb, source text)) x
    returning id, type, doc, wire
), counted as (
    insert into scim.tally (tenant, type, n) select $1, m.type, m.wire::int from made m
    returning 1
)
insert into scim.lookup (tenant, attribute, key, resource_id)
select $1, k.attribute, k.key, m.id from made m cross join lateral scim.lookup_keys(m.type, m.doc) k
    on conflict do nothing
