-- Tenant bench: :users users and 20,000 more to add to groups; one group of 100,000 members (or all of :users), and the 2,000 who log in
-- for authz (Load.pm); 200 groups of 10, one of 10,000 of the spare users. Tenant floor takes the rows of floor_insert.sql.
drop schema if exists fixture cascade;
\ir ../lib/fixtures.sql
insert into scim.tenant (tenant) values ('bench'), ('floor') on conflict do nothing;
delete from scim.membership where tenant = 'bench';
delete from scim.lookup where tenant = 'bench';
delete from scim.resource where tenant = 'bench';
delete from scim.tally where tenant = 'bench' and type = 'User';

create function pg_temp.id(kind int, i bigint) returns uuid language sql immutable
    return (lpad(kind::text, 8, '0') || '-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid;

\set tenant bench
\set count '(' :users ' + 20000)'
\ir users.sql
insert into scim.audit (tenant, action, object_type, object_id, object_name, after)
select r.tenant, 'create', r.type, r.id::text, r.doc ->> 'userName', r.doc from scim.resource r where r.tenant = 'bench' and r.type = 'User';

insert into scim.resource (tenant, type, id, doc)
select 'bench', 'Group', pg_temp.id(2, i),
       jsonb_build_object('schemas', array ['urn:ietf:params:scim:schemas:core:2.0:Group'], 'displayName', 'Group ' || i)
  from generate_series(0, 201) i;

insert into scim.membership (tenant, group_id, member_id, member_type)
select 'bench', pg_temp.id(2, 0), pg_temp.id(1, i), 'User' from generate_series(1, least(:users, 100000)) i
 union
select 'bench', pg_temp.id(2, 0), pg_temp.id(1, i), 'User' from generate_series(greatest(:users / 2000, 1), :users, greatest(:users / 2000, 1)) i;
insert into scim.membership (tenant, group_id, member_id, member_type)
select 'bench', pg_temp.id(2, g), pg_temp.id(1, (g * 10 + i) % :users + 1), 'User' from generate_series(1, 200) g, generate_series(1, 10) i;
insert into scim.membership (tenant, group_id, member_id, member_type)
select 'bench', pg_temp.id(2, 201), pg_temp.id(1, :users + i), 'User' from generate_series(1, 10000) i;

-- Effective access: policy groups with 100 mappings, ten to each of 10 subscriptions; the same for 100 users in tenant bench100.
insert into scim.tenant (tenant) values ('bench100') on conflict do nothing;
delete from scim.membership where tenant = 'bench100';
delete from scim.resource where tenant = 'bench100' and type in ('User', 'Group');
insert into scim.resource (tenant, type, id, doc)
select 'bench100', r.type, r.id, r.doc
  from scim.resource r
 where r.tenant = 'bench' and (r.type = 'User' and r.id <= pg_temp.id(1, 100) or r.type = 'Group' and r.id <= pg_temp.id(2, 200));
insert into scim.membership (tenant, group_id, member_id, member_type)
select 'bench100', pg_temp.id(2, g), pg_temp.id(1, i), 'User' from generate_series(0, 0) g, generate_series(1, 100) i
 union all
select 'bench100', pg_temp.id(2, g), pg_temp.id(1, (g * 10 + i) % 100 + 1), 'User' from generate_series(1, 200) g, generate_series(1, 10) i
    on conflict do nothing;
delete from scim.mapping where tenant in ('bench', 'bench100');
delete from scim.subscription where tenant in ('bench', 'bench100');
delete from scim.resource where tenant in ('bench', 'bench100') and type = 'Entitlement';
insert into scim.subscription (tenant, id, name)
select t, pg_temp.id(3, i), 'Subscription ' || i from unnest(array ['bench', 'bench100']) t, generate_series(0, 9) i;
insert into scim.mapping (tenant, id, group_id, subscription_id, created_by)
select t, pg_temp.id(4, i), pg_temp.id(2, i), pg_temp.id(3, i % 10), 'bench' from unnest(array ['bench', 'bench100']) t, generate_series(0, 99) i;
update scim.tenant set sync_policy = 'groups' where tenant in ('bench', 'bench100');
vacuum (analyze) scim.mapping;
vacuum (analyze) scim.subscription;

vacuum (analyze) scim.resource;
vacuum (analyze) scim.membership;
vacuum (analyze) scim.lookup;
vacuum (analyze) scim.tally;
-- Writes the pending changes of loading before the measurement.
checkpoint;
-- The measured database has no triggers.
drop schema fixture cascade;
