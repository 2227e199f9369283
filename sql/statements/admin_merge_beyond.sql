-- What a user has that the user it is merged into does not have: groups and grants; and its links. $1 tenant, $2
-- arguments: user, into
with u as materialized (
    select {{user_named}} as id, {{into_named}} as into_id
)
select (select {{user_alone}} from scim.resource r where r.tenant = $1 and r.id = u.id) as "userRow",
       (select jsonb_agg(jsonb_build_object('id', g.id, 'name', g.doc ->> 'displayName', 'source', g.source, 'archived', g.deleted_at is not null)
                         order by g.id)
          from scim.membership m
         cross join lateral (
                select x.id, x.doc, x.source, x.deleted_at from scim.resource x where x.tenant = $1 and x.id = m.group_id offset 0) g
         where m.tenant = $1 and m.member_id = u.id
           and not exists (select from scim.membership h where h.tenant = $1 and h.group_id = m.group_id and h.member_id = u.into_id)) as "groupsBeyond",
       (select jsonb_agg(jsonb_build_object('issuer', l.issuer, 'subject', l.subject) order by l.id)
          from scim.link l where l.tenant = $1 and l.user_id = u.id) as "linksHeld",
       (select jsonb_agg(jsonb_build_object('subscription', s.name, 'source', g.source) order by s.name, g.source)
          from scim.access_grant g
          join scim.subscription s on s.tenant = $1 and s.id = g.subscription_id
         where g.tenant = $1 and g.user_id = u.id
           and not exists (select from scim.access_grant h
                            where h.tenant = $1 and h.user_id = u.into_id and h.subscription_id = g.subscription_id and h.source = g.source)) as "grantsBeyond"
  from u
