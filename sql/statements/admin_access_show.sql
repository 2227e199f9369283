-- What an account has, since when and from where; and of each subscription of the tenant whether it has it, or why not.
-- $1 tenant, $2 arguments: user
with u as materialized (
    select x.* from scim.the_named($1, 'User', $2::jsonb ->> 'user', 'user') x
), t as materialized (
    select x.* from scim.tenant x where x.tenant = $1
), mine as materialized (
    -- The groups that it is in, and those that contain them.
    select m.group_id from scim.membership m where m.tenant = $1 and m.member_id = (select u.id from u)
     union
    select n.group_id
      from t, scim.membership m
     cross join lateral scim.groups_above($1, m.group_id) n
     where t.nests and m.tenant = $1 and m.member_id = (select u.id from u)
), told as materialized (
    select scim.user_access($1, u) as access from u
), has as materialized (
    -- Read once: what it has costs the most.
    select (a.value ->> 'id')::uuid as id, (a.value ->> 'seated')::boolean as seated, a.value ->> 'since' as since, a.value -> 'sources' as sources
      from told, jsonb_array_elements(told.access -> 'access') a
     where a.value ->> 'kind' = 'subscription'
), sub as materialized (
    select s.* from scim.subscription s where s.tenant = $1 order by s.name_key limit 500
), mapped as materialized (
    -- What is mapped to each, as far as it is told: some of the groups by their names, and those that are archived.
    select s.id, count(*) as n, bool_or(g.archived and g.mine) as archived, min(g.name) filter (where g.archived and g.mine) as archived_name,
           string_agg(format('"%s"', g.name), ', ' order by g.name) as names
      from sub s
     cross join lateral (
            select r.doc ->> 'displayName' as name, r.deleted_at is not null as archived, p.group_id in (select m.group_id from mine m) as mine
              from (select p.group_id
                      from scim.mapping p
                     where p.tenant = $1 and p.subscription_id = s.id
                     order by p.group_id in (select m.group_id from mine m) desc, p.id
                     limit 5) p
              join scim.resource r on r.tenant = $1 and r.id = p.group_id) g
     group by s.id
), standing as materialized (
    select s.name_key, jsonb_build_object(
               'id', s.id, 'name', s.name, 'has', coalesce(h.seated, false),
               'standing', case when h.seated then 'seated' when h.id is not null then 'waiting' else 'none' end,
               'since', h.since, 'sources', coalesce(h.sources, '[]'), 'reasons', {{access_reasons}}) as shown
      from u, t, sub s
      left join has h on h.id = s.id
      left join mapped m on m.id = s.id
)
select told.access || jsonb_build_object(
           'subscriptions', coalesce((select jsonb_agg(x.shown order by x.name_key) from standing x), '[]'),
           'whyNot', coalesce((select jsonb_agg((x.shown ->> 'name') || ': ' || (r.value ->> 'text') order by x.name_key, r.ordinality)
                                 from standing x
                                cross join lateral jsonb_array_elements(x.shown -> 'reasons') with ordinality r), '[]'))
  from told
