-- Removes a group from the groups that contain it. $1 tenant, $2 id
delete from scim.membership m where m.tenant = $1 and m.member_id = ($2::jsonb ->> 'id')::uuid
