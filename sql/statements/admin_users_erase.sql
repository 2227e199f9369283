-- Takes users away, which are locked, and all that is kept of them elsewhere but grants and memberships. $1 tenant, $2 erased (rules/user.h)
with x as materialized (
    select c.* from jsonb_to_recordset($2::jsonb -> 'erased') c (id uuid, was jsonb, seen int)
), gone as (
    delete from scim.resource r where r.tenant = $1 and r.id = any (array(select x.id from x))
), counted as (
    insert into scim.tally (tenant, type, n) select $1, 'User', sum(x.seen) from x having count(*) > 0
), removed as (
    delete from scim.lookup l
     where l.ctid = any (array(select y.ctid
                                 from (select k.attribute, k.key, x.id from x cross join lateral scim.lookup_keys('User', x.was) k
                                        where x.was is not null) g
                                cross join lateral (select z.ctid
                                                      from scim.lookup z
                                                     where z.tenant = $1 and z.attribute = g.attribute and z.key = g.key and z.resource_id = g.id
                                                    offset 0) y))
)
select scim.forget($1, x.id) from x
