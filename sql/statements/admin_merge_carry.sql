-- Gives one user the memberships, links, grants and the first login of another one, which leaves its groups. A user
-- that has logged in before does not log in for the first time again. The audit log has all data of the moved grants.
-- $1 tenant, $2 gone, into (ids), joins (ids of groups), carriesLinks
with {{tell}}, a as materialized (
    select ($2::jsonb ->> 'gone')::uuid as gone, ($2::jsonb ->> 'into')::uuid as into_id
), joined as (
    insert into scim.membership (tenant, group_id, member_id, member_type)
    select $1, j.value::uuid, a.into_id, 'User' from a cross join lateral jsonb_array_elements_text($2::jsonb -> 'joins') j
    returning 1
), departed as (
    delete from scim.membership m where m.tenant = $1 and m.member_id = (select a.gone from a)
), links as (
    update scim.link l set user_id = (select a.into_id from a)
     where l.tenant = $1 and l.user_id = (select a.gone from a) and ($2::jsonb ->> 'carriesLinks')::boolean
), grants as (
    update scim.access_grant g set user_id = (select a.into_id from a)
     where g.tenant = $1 and g.user_id = (select a.gone from a)
       and not exists (select from scim.access_grant h
                        where h.tenant = $1 and h.user_id = (select a.into_id from a) and h.subscription_id = g.subscription_id
                          and h.source = g.source)
    returning g.*
), told as (
    insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, before, after)
    select $1, {{actor}}, x.action, 'User', x.id::text,
           (select u.doc ->> 'userName' from scim.resource u where u.tenant = $1 and u.id = x.id),
           case x.action when 'withdraw' then w.what || jsonb_build_object('id', g.id, 'granted', scim.time_text(g.granted), 'grantedBy', g.granted_by,
                                                                           'joined', scim.time_text(g.joined)) end,
           case x.action when 'grant' then w.what end
      from grants g
     cross join a
     cross join lateral (values ('withdraw', a.gone), ('grant', a.into_id)) x (action, id)
     cross join lateral (
            select jsonb_strip_nulls(jsonb_build_object(
                       'subscription', (select s.name from scim.subscription s where s.tenant = $1 and s.id = g.subscription_id),
                       'role', g.role, 'source', g.source)) as what) w
    returning id
)
insert into scim.first_login (tenant, user_id, at)
select $1, a.into_id, f.at from a join scim.first_login f on f.tenant = $1 and f.user_id = a.gone
    on conflict do nothing
