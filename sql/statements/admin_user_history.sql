-- Changes of an account, its groups and its access, newest first; also of people who do not exist any more.
-- $1 tenant, $2 arguments: user, since, until, limit, after
with recursive w as materialized (
    select x.key::uuid as id, x.key, coalesce(($2::jsonb ->> 'after')::bigint, 9223372036854775807) as place
      from (select {{user_known}} as key from (select $2::jsonb ->> 'user' as name) n) x
), member as materialized (
    select m.id, m.object_id, m.action from scim.member_audit m where m.tenant = $1 and {{member_audit_of}}
), joined as materialized (
    -- The audit entries between which it was in each group, as far as the log goes back.
    select x.group_id, min(x.id) filter (where x.action = 'add-members') as since,
           max(x.id) filter (where x.action = 'remove-members') as until
      from (select m.object_id as group_id, m.id, m.action from member m
             union all
            select g.group_id::text, null, null from scim.membership g where g.tenant = $1 and g.member_id = (select w.id from w)) x
     group by x.group_id
), grp as materialized (
    select j.group_id, coalesce(j.since, 0) as since,
           case when exists (select from scim.membership g where g.tenant = $1 and g.group_id = j.group_id::uuid and g.member_id = (select w.id from w))
                then 9223372036854775807 else coalesce(j.until, 9223372036854775807) end as until
      from joined j
), above (group_id, since, until, depth) as (
    -- The same for the groups that contained those, while it was in them.
    select g.group_id, g.since, g.until, 0 from grp g
     union
    select o.group_id, greatest(g.since, o.since), least(g.until, o.until), g.depth + 1
      from above g
     cross join lateral (
            select x.group_id, coalesce(min(x.id) filter (where x.action = 'add-members'), 0) as since,
                   case when bool_or(x.id is null) then 9223372036854775807
                        else coalesce(max(x.id) filter (where x.action = 'remove-members'), 9223372036854775807) end as until
              from (with w as materialized (select g.group_id as key, g.group_id::uuid as id)
                    select m.object_id as group_id, m.id, m.action from scim.member_audit m where m.tenant = $1 and {{member_audit_of}}
                     union all
                    select p.group_id::text, null, null from scim.membership p where p.tenant = $1 and p.member_id = (select w.id from w)) x
             group by x.group_id
            offset 0) o
     where g.depth < 20 and greatest(g.since, o.since) < least(g.until, o.until)
), whole (group_id, id, since, until) as materialized (
    select v.group_id, v.group_id::uuid, min(v.since), max(v.until) from above v group by v.group_id
), first as materialized (
    select coalesce(min(a.id), 9223372036854775807) as id from scim.audit a where a.tenant = $1 and a.object_id = (select w.key from w)
), entry as materialized (
    (select a.*, null::text as via
       from scim.audit a
      where a.tenant = $1 and a.object_id = (select w.key from w) and a.id < (select w.place from w) and {{history_where}})
     union all
    -- Other people who joined or left by the same entry, who may be very many, are left out.
    (select a.tenant, a.id, a.at, a.xid, a.actor_kind, a.actor, a.actor_key, a.request, a.action, a.object_type, a.object_id,
            a.object_name, case when a.action = 'remove-members' then w.own end as before,
            case when a.action = 'add-members' then w.own end as after, a.weight, a.logins, null
       from member m
      cross join lateral (select x.* from scim.audit x where x.tenant = $1 and x.id = m.id offset 0) a
      cross join (select jsonb_build_object('members', jsonb_build_array(w.key)) as own from w) w
      where a.id < (select w.place from w) and {{history_where}})
     union all
    -- Entries by which one of its groups joined or left another group while it was in it.
    (select a.tenant, a.id, a.at, a.xid, a.actor_kind, a.actor, a.actor_key, a.request, a.action, a.object_type, a.object_id,
            a.object_name, case when a.action = 'remove-members' then v.own end as before,
            case when a.action = 'add-members' then v.own end as after, a.weight, a.logins, v.name
       from (select g.*, jsonb_build_object('members', jsonb_build_array(g.group_id)) as own, coalesce((
                        select r.doc ->> 'displayName' from scim.resource r where r.tenant = $1 and r.id = g.id), g.group_id) as name
               from whole g) v
      cross join lateral (
            with w as materialized (select v.group_id as key, o.place from w o)
            select x.*
              from scim.member_audit m
             cross join lateral (select y.* from scim.audit y where y.tenant = $1 and y.id = m.id offset 0) x
             where m.tenant = $1 and {{member_audit_of}} and m.id between v.since and v.until and m.id < (select w.place from w)
            offset 0) a
      where {{history_where}})
     union all
    -- Changes of its groups, and of the groups that contain them, while it was in them.
    (select a.*, null
       from whole g
      cross join lateral (
            select x.*
              from scim.audit x
             where x.tenant = $1 and x.object_id = g.group_id and x.id between g.since and g.until and x.id < (select w.place from w)
               and x.action in ('map', 'unmap', 'delete', 'restore', 'unlink', 'link', 'update')
            offset 0) a
      where {{history_where}})
     union all
    -- Changes of the tenant's settings that concern everybody.
    (select a.*, null
       from scim.audit a
      where a.tenant = $1 and a.object_id = $1 and a.object_type = 'Tenant' and a.id > (select f.id from first f) and a.id < (select w.place from w)
        and a.after ?| array ['syncPolicy', 'loginPolicy', 'enabled', 'defaultRole', 'accounts'] and {{history_where}})
     union all
    -- Changes of the subscriptions for which it has a source.
    (select a.*, null
       from (select distinct s.subscription_id::text as key from scim.ground s where s.tenant = $1 and s.user_id = (select w.id from w)) s
      cross join lateral (
            select x.*
              from scim.audit x
             where x.tenant = $1 and x.object_id = s.key and x.id > (select f.id from first f) and x.id < (select w.place from w)
               and x.action = 'update'
            offset 0) a
      where {{history_where}})
)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(a.id::text, {{audit_shown}} || jsonb_build_object('text', {{history_text}}))
                                             order by a.id desc)
                              from (select distinct on (e.id) e.* from entry e order by e.id desc limit scim.most($2::jsonb) + 1) a
{{audit_whole}}
                             cross join w), '[]'), scim.most($2::jsonb))
