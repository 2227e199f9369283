-- Users next to a name in alphabetical order; first those with exactly this display name or e-mail address. $1 tenant,
-- $2 a name
(select u.doc ->> 'userName'
   from scim.resource u
  where u.tenant = $1 and u.display_name_key = scim.fold($2::text) and (u.type = 'User' and u.deleted_at is null) is true
  limit 3)
 union all
(select u.name
   from scim.lookup l
  cross join lateral (
        select u.doc ->> 'userName' as name from scim.resource u where u.tenant = $1 and u.id = l.resource_id and u.deleted_at is null offset 0) u
  where l.tenant = $1 and l.attribute = 1 and l.key = left(scim.fold($2::text), 256)
  limit 3)
 union all
(select u.doc ->> 'userName' from scim.resource u where u.tenant = $1 and u.user_name_key >= scim.fold($2::text) order by u.user_name_key limit 10)
 union all
(select u.doc ->> 'userName' from scim.resource u where u.tenant = $1 and u.user_name_key < scim.fold($2::text) order by u.user_name_key desc limit 10)
