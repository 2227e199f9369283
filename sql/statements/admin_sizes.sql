-- Stores the sizes of large groups that are the only group mapped to a subscription, if they have changed; a read-only
-- server stores nothing.
-- $1 tenant
select case when not current_setting('transaction_read_only')::boolean then scim.remember_sizes($1, array(
           select (array_agg(p.group_id)) [1]
             from scim.subscription s
            cross join lateral (select p.group_id from scim.mapping p where p.tenant = $1 and p.subscription_id = s.id limit 2) p
            where s.tenant = $1
            group by s.id
           having count(*) = 1
            order by 1)) end
