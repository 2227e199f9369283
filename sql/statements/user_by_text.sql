-- The accounts with a value that begins with a text, or whose id or externalId it is, if they are few; and the text as
-- in keys.
-- $1 tenant, $2 arguments: q
with w as materialized (
    -- The last of all characters: every key with this beginning sorts before it.
    select x.q, x.low, x.low || U&'\+10FFFF' as high, scim.plain(scim.fold(x.q)) as part
      from (select q.q, left(scim.fold(q.q), 256) as low from (select $2::jsonb ->> 'q' as q) q) x
), found as materialized (
    select count(*) as n, coalesce(array_agg(distinct x.id), array[]::uuid[]) as ids
      from ({{users_searched}}
             limit {{user_few}} + 1) x
)
select f.n, case when f.n between 1 and {{user_few}} then f.ids::text end as ids, w.low, w.high, w.q, w.part from found f, w
