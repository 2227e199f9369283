-- Maps a group. $1 tenant, $2 id, groupId, subscriptionId, role
with {{grounds_raised}}, p as (
insert into scim.mapping (tenant, id, group_id, subscription_id, role, created_by)
values ($1, ($2::jsonb ->> 'id')::uuid, ($2::jsonb ->> 'groupId')::uuid, ($2::jsonb ->> 'subscriptionId')::uuid, $2::jsonb ->> 'role',
        $actor)
returning *
)
select {{mapping_shown}} from p
