-- Maps a group. $1 tenant, $2 id, groupId, subscriptionId, role
with {{grounds_raised}}
insert into scim.mapping as p (tenant, id, group_id, subscription_id, role, created_by)
values ($1, ($2::jsonb ->> 'id')::uuid, ($2::jsonb ->> 'groupId')::uuid, ($2::jsonb ->> 'subscriptionId')::uuid, $2::jsonb ->> 'role',
        coalesce(nullif(current_setting('scim.actor', true), ''), session_user))
returning {{mapping_shown}}
