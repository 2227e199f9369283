-- Requests of clients, newest first. Refused requests, and those about one resource, have an index of their own.
-- $1 tenant, $2 arguments: q, token, outcome, status, method, user, group, request, dryRun, since, until, limit, after
with w as materialized (
    -- The resource that is asked for; the resources that the search finds; the time in which a request that has
    -- changed something came; and where the page begins.
    select case when $2::jsonb ? 'user' then (select {{user_known}}::uuid from (select $2::jsonb ->> 'user' as name) n)
                when $2::jsonb ? 'group' then (
                    select coalesce({{group_found}}::text, scim.fail('SC404', 'group', format('There is no group "%s"; make it first, or correct the name.', n.name)))::uuid
                      from (select $2::jsonb ->> 'group' as name) n) end as resource_id,
           case when $2::jsonb ? 'q' then array(
                with w as materialized (
                    select y.q, y.low, y.low || U&'\+10FFFF' as high from (select $2::jsonb ->> 'q' as q, left(scim.fold($2::jsonb ->> 'q'), 256) as low) y
                )
                select x.id from ({{users_searched}}) x limit 1000) || array(
                select r.id
                  from scim.resource r
                 where r.tenant = $1 and r.display_name_key >= left(scim.fold($2::jsonb ->> 'q'), 256) and r.type = 'Group'
                   and r.display_name_key < left(scim.fold($2::jsonb ->> 'q'), 256) || U&'\+10FFFF'
                 limit 1000) end as found,
           scim.fold($2::jsonb ->> 'q') as q, scim.low($2::jsonb ->> 'q') as words,
           case when $2::jsonb ? 'request' then coalesce(x.first - interval '10 minutes', now() - interval '24 hours') end as low,
           x.last + interval '1 second' as high,
           timestamptz 'epoch' + split_part($2::jsonb ->> 'after', '-', 1)::bigint * interval '1 microsecond' as after_at,
           nullif(split_part($2::jsonb ->> 'after', '-', 2), '')::bigint as after_id,
           timestamptz 'epoch' + split_part($2::jsonb ->> 'newer', '-', 1)::bigint * interval '1 microsecond' as newer_at,
           nullif(split_part($2::jsonb ->> 'newer', '-', 2), '')::bigint as newer_id
      from (select min(a.at) as first, max(a.at) as last
              from scim.audit a
             where a.tenant = $1 and a.request = (select $2::jsonb ->> 'request')) x
), piece as not materialized (
    -- Only one of the two has rows. A page reads at most 20,000 requests, in order, and no more than it needs.
    (select a.*
       from scim.activity a
      where $2::jsonb ->> 'outcome' in ('refused', 'failed', 'held') and not $2::jsonb ?| array ['user', 'group'] and a.status >= 400 and {{activity_span}}
      order by a.at desc, a.id desc
      limit 20000)
     union all
    (select a.*
       from scim.activity a
      where coalesce($2::jsonb ->> 'outcome', 'done') = 'done' and not $2::jsonb ?| array ['user', 'group'] and {{activity_span}}
      order by a.at desc, a.id desc
      limit 20000)
), found as materialized (
    -- The last request that may be read is included even if it does not match, because the next page begins behind it.
    select x.*
      from (select a.*, ({{activity_where}}) is true as fits from (select p.*, row_number() over () as place from piece p) a offset 0) x
     where x.fits or x.place = 20000
     limit scim.most($2::jsonb) + 1
), about as materialized (
    -- Requests about one resource. A Bulk request concerns many: it is found by the audit log, here by the resource's
    -- latest thousand changes.
    select a.*, 0::bigint as place, true as fits
      from ((select a.*
               from scim.activity a
              where $2::jsonb ?| array ['user', 'group'] and a.resource_id = (select w.resource_id from w) and {{activity_where}} and {{activity_span}}
              order by a.at desc, a.id desc
              limit scim.most($2::jsonb) + 1)
             union all
            (select a.*
               from (select distinct c.request
                       from (select e.request
                               from scim.audit e
                              where e.tenant = $1 and e.object_id = (select w.resource_id::text from w)
                              order by e.id desc
                              limit 1000) c
                      where c.request is not null) c
              cross join lateral (
                    select b.*
                      from scim.activity b
                     where b.tenant = $1 and b.request = c.request and b.method = 'POST' and b.resource_id is null and left(b.path, 5) = '/Bulk'
                    offset 0) a
              where $2::jsonb ?| array ['user', 'group'] and {{activity_where}} and {{activity_span}}
              order by a.at desc, a.id desc
              limit scim.most($2::jsonb) + 1)) a
)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array({{activity_key}}, {{activity_shown}}) order by a.at desc, a.id desc)
                              from (select f.*
                                      from found f
                                     where f.fits
                                     union all
                                    select b.*
                                      from about b) a), '[]'),
                  scim.most($2::jsonb), (select {{activity_key}} from found a where a.place = 20000))
