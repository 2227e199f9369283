-- The audit log of a tenant, newest first: all entries, or those about one object, person or request, or by one actor,
-- each by its index.
--
-- A request reads at most 20,000 entries (piece). If these do not fill the page, it has the matches among them, and
-- `next` continues after them. A full page reads only what it needs, because a piece is read in order. An entry is read
-- again as the first with its number or a higher one, an order that only the key's index has. "select" because behind
-- row-level security coalesce() keeps a condition from an index.
-- $1 tenant, $2 arguments: q, objectId, objectType, user, request, actor, action, since, until, limit, after
with recursive w as materialized (
    select {{user_known}} as key from (select $2::jsonb ->> 'user' as name) n where $2::jsonb ? 'user'
), halved (side, at, low, high) as (
    -- Entries are numbered in the order of writing, but have the time at which their transaction began, at most an
    -- hour earlier. So the first number of a time is found by binary search.
    select t.side, t.at, (select x.id from scim.audit x where x.tenant = $1 order by x.id limit 1),
           (select x.id + 1 from scim.audit x where x.tenant = $1 order by x.id desc limit 1)
      from (values ('since', ($2::jsonb ->> 'since')::timestamptz - interval '1 hour'), ('until', ($2::jsonb ->> 'until')::timestamptz + interval '1 hour')) t (side, at)
     where t.at is not null
     union all
    select b.side, b.at, case when a.at < b.at then a.id + 1 else b.low end, case when a.at < b.at then b.high else b.middle end
      from (select h.*, h.low + (h.high - h.low) / 2 as middle from halved h where h.low < h.high offset 0) b
      left join lateral (select x.id, x.at from scim.audit x where x.tenant = $1 and x.id >= b.middle order by x.id limit 1) a on true
), span as materialized (
    select least(coalesce(($2::jsonb ->> 'after')::bigint, 9223372036854775807),
                 (select h.low from halved h where h.side = 'until' and h.low >= h.high)) as below,
           coalesce((select h.low from halved h where h.side = 'since' and h.low >= h.high), 0) as least
), named as materialized (
    -- Entries about a person, including those that add it to groups or remove it; or the entries of a request.
    select x.id from scim.audit x where x.tenant = $1 and $2::jsonb ? 'request' and not $2::jsonb ? 'user' and x.request = (select $2::jsonb ->> 'request')
     union
    (select x.id
       from scim.audit x
      where $2::jsonb ? 'user' and x.tenant = $1 and (x.object_id, x.id) < (select w.key, s.below from w, span s)
        and (x.object_id, x.id) >= (select w.key, s.least from w, span s)
      order by x.object_id desc, x.id desc
      limit 20000)
     union
    select m.id from scim.member_audit m where m.tenant = $1 and $2::jsonb ? 'user' and {{member_audit_of}}
), piece as materialized (
    -- Only one of these has rows, in the order of its index: only that index can be used for a comparison of two
    -- columns.
    (select {{audit_columns}}
       from scim.audit x
      where not $2::jsonb ?| array ['objectId', 'user', 'request', 'actor'] and {{audit_span}}
      order by x.id desc
      limit 20000)
     union all
    (select {{audit_columns}}
       from scim.audit x
      where $2::jsonb ? 'actor' and not $2::jsonb ?| array ['objectId', 'user', 'request']
        and x.tenant = $1 and (x.actor, x.id) < (select $2::jsonb ->> 'actor', s.below from span s)
        and (x.actor, x.id) >= (select $2::jsonb ->> 'actor', s.least from span s)
      order by x.actor desc, x.id desc
      limit 20000)
     union all
    (select {{audit_columns}}
       from scim.audit x
      where $2::jsonb ? 'objectId' and not $2::jsonb ?| array ['user', 'request']
        and x.tenant = $1 and (x.object_id, x.id) < (select $2::jsonb ->> 'objectId', s.below from span s)
        and (x.object_id, x.id) >= (select $2::jsonb ->> 'objectId', s.least from span s)
      order by x.object_id desc, x.id desc
      limit 20000)
     union all
    (select {{audit_columns}}
       from named n
      cross join lateral (select x.* from scim.audit x where x.tenant = $1 and x.id >= n.id order by x.id limit 1) x
      where {{audit_span}}
      order by x.id desc
      limit 20000)
), found as materialized (
    select a.id from piece a where {{audit_where}} limit scim.most($2::jsonb) + 1
), shown as materialized (
    select f.id from found f limit scim.most($2::jsonb)
)
select jsonb_build_object(
           'items', coalesce((select jsonb_agg({{audit_shown}} order by a.id desc)
                                from shown s
                               cross join lateral (select x.* from scim.audit x where x.tenant = $1 and x.id >= s.id order by x.id limit 1) a
                               {{audit_brief}}), '[]'),
           'next', case when (select count(*) from found) > scim.most($2::jsonb) then (select min(s.id) from shown s)
                        else (select p.id from piece p offset 19999 limit 1) end::text)
