-- The accounts of whom something starts with a text, or whose id or externalId it is, where they are few; and the text as keys have it.
-- $1 tenant, $2 arguments: q
with w as materialized (
    -- Nothing that starts so is beyond the last character of all.
    select x.q, x.low, x.low || U&'\+10FFFF' as high, scim.plain(scim.fold(x.q)) as part
      from (select q.q, left(scim.fold(q.q), 256) as low from (select $2::jsonb ->> 'q' as q) q) x
), found as materialized (
    select count(*) as n, coalesce(array_agg(distinct x.id), array[]::uuid[]) as ids
      from ({{users_searched}}
             limit {{user_few}} + 1) x
)
select f.n, case when f.n between 1 and {{user_few}} then f.ids::text end as ids, w.low, w.high, w.q, w.part from found f, w
