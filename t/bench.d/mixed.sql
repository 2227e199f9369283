-- The groups of the mixed requests, in their final size. The requests add user i to group i % 200 + 1 as often as they remove that
-- user, so each group tends to have half of its possible members. With smaller groups at the start, the answers would become longer
-- and longer, and so would the memory; but this is not what is measured.
delete from scim.membership
 where tenant = 'bench' and group_id between '00000002-0000-7000-8000-000000000001' and '00000002-0000-7000-8000-000000000200';
insert into scim.membership (tenant, group_id, member_id, member_type)
select 'bench', ('00000002-0000-7000-8000-' || lpad((i % 200 + 1)::text, 12, '0'))::uuid,
       ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'User'
  from generate_series(1, :users) i
 where i / 200 % 2 = 0;
vacuum (analyze) scim.membership;
checkpoint;
