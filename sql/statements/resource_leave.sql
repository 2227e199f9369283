-- Takes a deleted resource out of the groups that it was a member of, which is a new version there. A statement of its own: it
-- sees the memberships that were added while the deletion waited for the row.
-- $1 tenant, $2 id
with left_groups as (
    delete from scim.membership m
     where m.tenant = $1 and m.member_id = $2::uuid
    returning m.group_id
)
update scim.resource g
   set version = g.version + 1, last_modified = now()
 where g.tenant = $1 and g.id in (select group_id from left_groups)
   and set_config('scim.leaves', 't', true) || set_config('scim.group', '', true) is not null
