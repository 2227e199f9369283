-- What the quickstart shows at its end: the first 50 users; it counts the others.
select r.doc ->> 'userName' as "User",
       r.doc ->> 'displayName' as "Name",
       coalesce(r.doc ->> 'active', 'true') as "Active",
       coalesce(string_agg(g.doc ->> 'displayName', ', ' order by g.doc ->> 'displayName'), '') as "Groups"
  from scim.resource r
  left join scim.membership m on m.tenant = r.tenant and m.member_id = r.id
  left join scim.resource g on g.tenant = m.tenant and g.id = m.group_id and g.wire
 where r.tenant = 'demo' and r.type = 'User' and r.wire
 group by r.tenant, r.id
 order by 1
 limit 50;
