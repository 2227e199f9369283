-- Makes a resource that clients read alone, with its rows of scim.lookup and the tally. $1 tenant, $2 id, type, doc
with made as (
    insert into scim.resource (tenant, id, type, doc, display_name_key, modified_hour)
    values ($1, ($2::jsonb ->> 'id')::uuid, $2::jsonb ->> 'type', $2::jsonb -> 'doc', scim.fold($2::jsonb -> 'doc' ->> 'displayName'), scim.hour(now()))
    returning id, type, doc
), counted as (
    insert into scim.tally (tenant, type, n) select $1, m.type, 1 from made m
)
insert into scim.lookup (tenant, attribute, key, resource_id)
select $1, k.attribute, k.key, m.id from made m cross join lateral scim.lookup_keys(m.type, m.doc) k
    on conflict do nothing
