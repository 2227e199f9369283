-- Removes the next rows of an attribute that is no longer indexed from those of a tenant, and returns their number.
-- $1 tenant, $2 its id, $3 how many
with batch as (
    select l.key, l.resource_id from scim.lookup l where l.tenant = $1 and l.attribute = $2::int limit $3::bigint
), gone as (
    delete from scim.lookup l
     using batch s
     where l.tenant = $1 and l.attribute = $2::int and l.key = s.key and l.resource_id = s.resource_id
    returning 1
)
select count(*) from gone
