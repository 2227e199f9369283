-- The groups of the mix, as large as it makes them in the end. It adds user i to group i % 200 + 1 as often as it removes him,
-- so that each group comes to hold half of those who may be in it. With fewer at first, each answer would be longer than the
-- one before it, and memory would grow with what is asked for, which is not what is measured.
delete from scim.membership
 where tenant = 'bench' and group_id between '00000002-0000-7000-8000-000000000001' and '00000002-0000-7000-8000-000000000200';
insert into scim.membership (tenant, group_id, member_id, member_type)
select 'bench', ('00000002-0000-7000-8000-' || lpad((i % 200 + 1)::text, 12, '0'))::uuid,
       ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'User'
  from generate_series(1, :users) i
 where i / 200 % 2 = 0;
vacuum (analyze) scim.membership;
checkpoint;
