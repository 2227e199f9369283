-- When a token was used in the two weeks before its last use: times at least five minutes apart, each found by one
-- look-up.
-- $1 tenant, $2 key id
with recursive k as materialized (
    select k.last_used - interval '14 days' as since from scim.token k where k.tenant = $1 and k.key_id = $2
), moment (at) as (
    (select a.at
       from scim.activity a
      where a.tenant = $1 and a.token = $2 and a.at >= (select k.since from k)
      order by a.at
      limit 1)
     union all
    select (select a.at
              from scim.activity a
             where a.tenant = $1 and a.token = $2 and a.at >= m.at + interval '5 minutes'
             order by a.at
             limit 1)
      from moment m
     where m.at is not null)
select m.at from moment m where m.at is not null order by m.at
