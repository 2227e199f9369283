-- Removes a member from a group. $1 tenant, $2 id, memberId
delete from scim.membership m
 where m.tenant = $1 and m.group_id = ($2::jsonb ->> 'id')::uuid and m.member_id = ($2::jsonb ->> 'memberId')::uuid
