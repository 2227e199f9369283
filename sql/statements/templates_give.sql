-- Gives new users what templates have for them, except role and flags, which they have already, and writes the audit
-- entries. A user that was not made gets nothing; a group or subscription that does not exist any more is skipped. $1
-- tenant, $2 given (rules/template.h)
with gift as materialized (
    select g.*
      from jsonb_to_recordset($2::jsonb -> 'given') g (n int, template text, "templateId" uuid, role text, groups uuid[], subscriptions uuid[],
                                                       flags jsonb, users uuid[], roles uuid[], changes jsonb, failed text)
), person as materialized (
    -- Each is looked up by its key, whatever the statistics are (offset 0).
    select x.id, x.name
      from (select distinct u.id from gift g cross join lateral unnest(g.users) u (id)) w
     cross join lateral (select r.id, r.doc ->> 'userName' as name from scim.resource r where r.tenant = $1 and r.id = w.id offset 0) x
), home as materialized (
    -- They are locked in the order of their ids.
    select o.id, l.name
      from (select distinct i.id
              from gift g
             cross join lateral unnest(g.groups) i (id)
             where exists (select from person)
             order by i.id) o
     cross join lateral (select x.doc ->> 'displayName' as name
                           from scim.resource x
                          where x.tenant = $1 and x.id = o.id and (x.type = 'Group' and x.deleted_at is null) is true
                         offset 0 for no key update) l
), joined as (
    insert into scim.membership (tenant, group_id, member_id, member_type)
    select $1, x.home, x.person, 'User'
      from (select distinct h.id as home, p.id as person
              from gift g
             cross join lateral unnest(g.groups) i (id)
              join home h on h.id = i.id
             cross join lateral unnest(g.users) u (id)
              join person p on p.id = u.id) x
     order by x.home, x.person
        on conflict do nothing
    returning group_id, member_id
), touched as (
    update scim.resource x
       set version = x.version + (x.xmin <> pg_current_xact_id()::xid)::int, last_modified = now(), modified_hour = scim.hour(now())
      from (select distinct j.group_id from joined j) w
     where x.tenant = $1 and x.id = w.group_id
    returning x.id
), counted as (
    insert into scim.tally (tenant, type, n) select $1, 'Group', 0 from touched limit 1
    returning 1
), granted as (
    -- If several templates grant it, the first one is recorded.
    insert into scim.access_grant as a (tenant, user_id, subscription_id, source, granted_by)
    select $1, x.person, x.subscription, 'template', x.template
      from (select distinct on (p.id, s.id) p.id as person, s.id as subscription, g.template
              from gift g
             cross join lateral unnest(g.subscriptions) i (id)
             cross join lateral (select y.id from scim.subscription y where y.tenant = $1 and y.id = i.id offset 0) s
             cross join lateral unnest(g.users) u (id)
              join person p on p.id = u.id
             order by p.id, s.id, g.n) x
     order by x.person, x.subscription
        on conflict do nothing
    returning a.user_id, a.subscription_id, a.granted_by
), what as materialized (
    select g.n, jsonb_strip_nulls(jsonb_build_object(
               'template', g.template, 'templateId', g."templateId", 'flags', nullif(g.flags, '[]'),
               'groups', (select jsonb_agg(x.doc ->> 'displayName' order by x.display_name_key)
                            from scim.resource x where x.tenant = $1 and x.id = any (g.groups)),
               'subscriptions', (select jsonb_agg(y.name order by y.name_key)
                                   from scim.subscription y where y.tenant = $1 and y.id = any (g.subscriptions)))) as told
      from gift g
)
insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, before, after)
select $1, {{actor}}, e.action, e.type, e.id, e.name, e.before, e.after
  from (select g.n, 1 as part, p.id::text as id, 'update' as action, 'User' as type, p.name, nullif(c.value -> 'before', 'null') as before,
               nullif(c.value -> 'after', 'null') as after
          from gift g
         cross join lateral jsonb_array_elements(g.changes) c
          join person p on p.id = (c.value ->> 'user')::uuid
         union all
        select (select min(g.n) from gift g where h.id = any (g.groups)), 2, h.id::text, 'add-members', 'Group', h.name, null,
               jsonb_build_object('members', j.members)
          from (select j.group_id, jsonb_agg(j.member_id order by j.member_id) as members from joined j group by j.group_id) j
          join home h on h.id = j.group_id
         union all
        select (select min(g.n) from gift g where g.template = a.granted_by), 3, a.user_id::text, 'grant', 'User', p.name, null,
               jsonb_build_object('subscription', (select y.name from scim.subscription y where y.tenant = $1 and y.id = a.subscription_id),
                                  'source', 'template')
          from granted a
          join person p on p.id = a.user_id
         union all
        select g.n, 4, p.id::text, 'template', 'User', p.name, null,
               w.told || case when p.id = any (g.roles) then jsonb_build_object('role', g.role) else '{}' end
          from gift g
          join what w on w.n = g.n
         cross join lateral unnest(g.users) u (id)
          join person p on p.id = u.id
         where g.failed is null
         union all
        select g.n, 0, g."templateId"::text, 'template-failed', 'Template', g.template, null, jsonb_build_object('reason', g.failed)
          from gift g
         where g.failed is not null and exists (select from person)) e
 order by e.n, e.part, e.id
returning 1
