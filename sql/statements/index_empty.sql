-- Removes the next rows of an attribute that is no longer indexed, and tells how many they were.
-- $1 its id, $2 how many
with batch as (
    select l.tenant, l.attribute, l.key, l.resource_id
      from scim.tenant t
     cross join lateral (select * from scim.lookup x where x.tenant = t.tenant and x.attribute = $1::int limit $2::bigint) l
     limit $2::bigint
), gone as (
    delete from scim.lookup l
     using batch s
     where l.tenant = s.tenant and l.attribute = s.attribute and l.key = s.key and l.resource_id = s.resource_id
    returning 1
)
select count(*) from gone
