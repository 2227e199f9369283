-- Takes a resource away that leaves nothing but the fact.
-- $1 tenant, $2 type, $3 id, $4 how many more of the type clients see, $5 how many people may lose access
with gone as (
    delete from scim.resource r where r.tenant = $1 and r.type = $2 and r.id = $3::uuid returning r.id
), counted as (
    insert into scim.tally (tenant, type, n) values ($1, $2, $4::bigint)
), noted as (
    insert into scim.audit (tenant, action, object_type, object_id, weight) values ($1, 'erase', $2, $3, $5::int)
)
select scim.forget($1, gone.id) from gone
