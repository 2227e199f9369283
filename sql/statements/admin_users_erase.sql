-- Takes users away, which are locked, and all that is kept of them elsewhere but in groups. $1 tenant, $2 erased (rules/user.h)
with x as materialized (
    select c.* from jsonb_to_recordset($2::jsonb -> 'erased') c (id uuid, was jsonb, seen int)
), gone as (
    delete from scim.resource r where r.tenant = $1 and r.id = any (array(select x.id from x))
), links as (
    delete from scim.link l where l.tenant = $1 and l.user_id = any (array(select x.id from x))
), grants as (
    delete from scim.access_grant a where a.tenant = $1 and a.user_id = any (array(select x.id from x))
), logins as (
    delete from scim.first_login f where f.tenant = $1 and f.user_id = any (array(select x.id from x))
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
insert into scim.tally (tenant, type, n) select $1, 'User', sum(x.seen) from x having count(*) > 0
