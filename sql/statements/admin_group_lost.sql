-- What prevents restoring an archived group: whether its name is taken, and which members do not exist any more. $1
-- tenant, $2 arguments: group
select exists (select from (select scim.fold(r.doc ->> 'displayName') as key offset 0) k
                 join scim.resource x on x.tenant = $1 and x.group_name_key = k.key and x.id <> r.id) as taken,
       (select jsonb_agg(m.member_id order by m.member_id)
          from scim.membership m
         where m.tenant = $1 and m.group_id = r.id
           and not exists (select from scim.resource u where u.tenant = $1 and u.id = m.member_id and u.deleted_at is null)) as lost
  from scim.resource r
 where r.tenant = $1 and r.id = {{group_named}}
