-- Tenant size:users, for the figures that are compared between sizes: :users users, one group of half of them and 200 groups of 10, each group with
-- a mapping; as many entries in the audit log as users. Written without triggers, with all keys that writes keep, so that a million users take minutes.
\set tenant size:users
set session_replication_role = replica;

insert into scim.tenant (tenant, sync_policy, display_name) values (:'tenant', 'groups', 'Bench of ' || :users) on conflict do nothing;
delete from scim.access_grant where tenant = :'tenant';
delete from scim.mapping where tenant = :'tenant';
delete from scim.subscription where tenant = :'tenant';
delete from scim.membership where tenant = :'tenant';
delete from scim.lookup where tenant = :'tenant';
delete from scim.resource where tenant = :'tenant';
delete from scim.tally where tenant = :'tenant';
delete from scim.audit where tenant = :'tenant';

create function pg_temp.id(kind int, i bigint) returns uuid language sql immutable
    return (lpad(kind::text, 8, '0') || '-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid;

insert into scim.resource (tenant, id, type, doc, display_name_key, modified_hour)
select :'tenant', pg_temp.id(5, row_number() over ()), 'Role',
       jsonb_build_object('schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:Role'), 'value', r, 'display', r, 'displayName', r, 'type', 'built-in'),
       r, scim.hour(now())
  from unnest(array ['administrator', 'user']) r;

\set count :users
\ir users.sql
set session_replication_role = replica;

insert into scim.resource (tenant, type, id, doc, group_name_key, display_name_key, modified_hour)
select :'tenant', 'Group', pg_temp.id(2, i), jsonb_build_object('schemas', array ['urn:ietf:params:scim:schemas:core:2.0:Group'], 'displayName', 'Group ' || i),
       'group ' || i, 'group ' || i, scim.hour(now())
  from generate_series(0, 201) i;
insert into scim.membership (tenant, group_id, member_id, member_type, added)
select :'tenant', pg_temp.id(2, 0), pg_temp.id(1, i * 2), 'User', now() - interval '1 year' + i * interval '10 seconds' from generate_series(1, :users / 2) i
 union all
select :'tenant', pg_temp.id(2, g), pg_temp.id(1, (g * 10 + i) % :users + 1), 'User', now() from generate_series(1, 201) g, generate_series(1, 10) i;
insert into scim.tally (tenant, type, n) values (:'tenant', 'Group', 202);

-- Half of the tenant holds seats of the subscription "Half", one hundred of them wait; the other groups give ten more. Group 201 is mapped to nothing.
insert into scim.subscription (tenant, id, name, seats)
select :'tenant', pg_temp.id(3, i), case i when 0 then 'Half' else 'Subscription ' || i end, case i when 0 then :users / 2 - 100 when 1 then :users end
  from generate_series(0, 10) i;
insert into scim.resource (tenant, type, id, doc, modified_hour)
select s.tenant, 'Entitlement', s.id,
       jsonb_build_object('schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:Entitlement'), 'value', s.name, 'display', s.name, 'displayName', s.name,
                          'type', 'subscription', 'supported', true), scim.hour(now())
  from scim.subscription s where s.tenant = :'tenant';
insert into scim.mapping (tenant, id, group_id, subscription_id, created_by, since)
select :'tenant', pg_temp.id(4, i), pg_temp.id(2, i), pg_temp.id(3, case i when 0 then 0 else 1 + i % 10 end), 'bench', now() - interval '2 years'
  from generate_series(0, 200) i;

-- One of a thousand entries is by an administrator, and five at the beginning of the log by another one.
insert into scim.audit (tenant, at, actor_kind, actor, actor_key, request, action, object_type, object_id, object_name, after)
select :'tenant', now() - (:users - i) * interval '1 second', case when i % 1000 = 0 or i <= 5 then 'admin' else 'token' end,
       case when i <= 5 then 'rosa' when i % 1000 = 0 then 'anna' else 'okta' end, case when i % 1000 = 0 or i <= 5 then '' else 'k7okta0000' end, 'r' || i,
       case when i % 10 = 0 then 'add-members' else 'create' end, case when i % 10 = 0 then 'Group' else 'User' end,
       case when i % 10 = 0 then pg_temp.id(2, 1 + i / 10 % 200) else pg_temp.id(1, i) end::text,
       case when i % 10 = 0 then 'Group ' || 1 + i / 10 % 200 else 'user' || i || '@example.com' end,
       case when i % 10 = 0 then jsonb_build_object('members', (select jsonb_agg(pg_temp.id(1, i - j)) from generate_series(1, 9) j))
            else jsonb_build_object('userName', 'user' || i || '@example.com', 'active', true, 'displayName', 'User Number ' || i, 'title', 'Engineer') end
  from generate_series(1, :users) i
 order by i;

vacuum (analyze);
