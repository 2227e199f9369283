-- The accounts in a group or in groups in it, if they are few; and these groups. $1 tenant, $2 arguments: group
with recursive down (id) as (
    select g.id from (select {{group_named}} as id) g where g.id is not null
     union
    select m.member_id
      from down d
     cross join lateral (
            select m.member_id from scim.membership m where m.tenant = $1 and m.group_id = d.id and m.member_type = 'Group' offset 0) m
), found as materialized (
    select count(*) as n, coalesce(array_agg(distinct x.member_id), array[]::uuid[]) as ids
      from (select m.member_id
              from down d
             cross join lateral (select m.member_id from scim.membership m where m.tenant = $1 and m.group_id = d.id limit {{user_few}} + 1) m
             limit {{user_few}} + 1) x
)
select f.n, case when f.n <= {{user_few}} then f.ids::text end as ids, array(select d.id from down d)::text as groups from found f
