-- The groups and grants of a locked user. $1 tenant, $2 arguments: user
select (select jsonb_agg(jsonb_build_object('id', g.id, 'name', g.doc ->> 'displayName') order by g.id)
          from scim.membership m
         cross join lateral (select x.id, x.doc from scim.resource x where x.tenant = $1 and x.id = m.group_id offset 0) g
         where m.tenant = $1 and m.member_id = u.id) as joined,
       (select jsonb_agg(jsonb_build_object('id', a.id, 'subscription', s.name, 'role', a.role, 'source', a.source,
                                           'granted', scim.time_text(a.granted), 'grantedBy', a.granted_by,
                                           'joined', scim.time_text(a.joined)) order by a.id)
          from scim.access_grant a
          left join scim.subscription s on s.tenant = $1 and s.id = a.subscription_id
         where a.tenant = $1 and a.user_id = u.id) as grants
  from (select {{user_named}} as id offset 0) u
