-- The same by e-mail address. $1 tenant, $2 login, folded
select {{facts_account}}, g.name
  from {{facts_by_email}}
  left join lateral (
       select g.name
         from (select m.group_id from scim.membership m where m.tenant = s.tenant and m.member_id = r.id offset 0) m
        cross join lateral (
              select g.doc ->> 'displayName' as name from scim.resource g
               where g.tenant = s.tenant and g.id = m.group_id and g.deleted_at is null offset 0) g offset 0) g on true
