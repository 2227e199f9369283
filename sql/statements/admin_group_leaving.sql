-- The member that leaves a locked group, and how many people may lose access by it. $1 tenant, $2 arguments: group,
-- member
select m.member_id::text as "memberId", to_jsonb(case m.member_type when 'User' then 1 else (select {{people_in}} from (select array [m.member_id] as groups offset 0) n) end) as people,
       jsonb_build_array(m.group_id) as touched
  from scim.membership m
 where m.tenant = $1 and m.group_id = {{group_named}} and m.member_id = (select {{member_found}} from (select $2::jsonb ->> 'member' as name) n)
