-- Erases locked users, and their data in other tables, except grants and memberships. $1 tenant, $2 erased
-- (rules/user.h)
with x as materialized (
    select c.* from jsonb_to_recordset($2::jsonb -> 'erased') c (id uuid, was jsonb, seen int)
), gone as (
    delete from scim.resource r where r.tenant = $1 and r.id = any (array(select x.id from x))
), counted as (
    insert into scim.tally (tenant, type, n) select $1, 'User', sum(x.seen) from x having count(*) > 0
    returning 1
), removed as (
    delete from scim.lookup y
     using (select distinct k.attribute, k.key, x.id from x cross join lateral scim.lookup_keys('User', x.was) k where x.was is not null) g
     where y.tenant = $1 and y.attribute = g.attribute and y.key = g.key and y.resource_id = g.id
)
select scim.forget($1, x.id) from x
