-- Changes the rows of scim.lookup for a resource whose document has changed; null: the document does not exist before,
-- or after. Obsolete rows are looked up by the whole key, whatever the statistics are.
-- $1 tenant, $2 type, $3 id, $4 the document before, $5 the document after
with gone as (
    select k.attribute, k.key from scim.lookup_keys($2, $4::jsonb) k where $4::jsonb is not null
    except
    select k.attribute, k.key from scim.lookup_keys($2, $5::jsonb) k where $5::jsonb is not null
), removed as (
    delete from scim.lookup l
     using gone g
     where l.tenant = $1 and l.attribute = g.attribute and l.key = g.key and l.resource_id = $3::uuid
)
insert into scim.lookup (tenant, attribute, key, resource_id)
select $1, k.attribute, k.key, $3::uuid
  from scim.lookup_keys($2, $5::jsonb) k
 where $5::jsonb is not null
    on conflict do nothing
