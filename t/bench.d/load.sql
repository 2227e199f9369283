-- Tenant bench: :users users and 20,000 more to add to groups; one group of 100,000 members (or all of :users), 200 groups of 10,
-- one of 10,000 of the spare users. Tenant floor takes the rows of floor_insert.sql.
insert into scim.tenant (tenant) values ('bench'), ('floor') on conflict do nothing;
delete from scim.membership where tenant = 'bench';
delete from scim.lookup where tenant = 'bench';
delete from scim.resource where tenant = 'bench';

create function pg_temp.id(kind int, i bigint) returns uuid language sql immutable
    return (lpad(kind::text, 8, '0') || '-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid;

insert into scim.resource (tenant, type, id, doc)
select 'bench', 'User', pg_temp.id(1, i),
       jsonb_build_object(
           'schemas', array ['urn:ietf:params:scim:schemas:core:2.0:User',
                             'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
           'userName', 'user' || i || '@example.com', 'externalId', 'ext-' || i, 'active', true,
           'displayName', 'User Number ' || i, 'title', 'Engineer', 'preferredLanguage', 'en-GB',
           'name', jsonb_build_object('givenName', 'User', 'familyName', 'Number ' || i, 'formatted', 'User Number ' || i),
           'emails', jsonb_build_array(jsonb_build_object('value', 'user' || i || '@example.com', 'type', 'work', 'primary', true)),
           'phoneNumbers', jsonb_build_array(jsonb_build_object('value', '+49' || i, 'type', 'work')),
           'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
           jsonb_build_object('employeeNumber', i::text, 'department', 'Department ' || i % 50))
  from generate_series(1, :users + 20000) i;

insert into scim.resource (tenant, type, id, doc)
select 'bench', 'Group', pg_temp.id(2, i),
       jsonb_build_object('schemas', array ['urn:ietf:params:scim:schemas:core:2.0:Group'], 'displayName', 'Group ' || i)
  from generate_series(0, 201) i;

insert into scim.membership (tenant, group_id, member_id, member_type)
select 'bench', pg_temp.id(2, 0), pg_temp.id(1, i), 'User' from generate_series(1, least(:users, 100000)) i;
insert into scim.membership (tenant, group_id, member_id, member_type)
select 'bench', pg_temp.id(2, g), pg_temp.id(1, (g * 10 + i) % :users + 1), 'User' from generate_series(1, 200) g, generate_series(1, 10) i;
insert into scim.membership (tenant, group_id, member_id, member_type)
select 'bench', pg_temp.id(2, 201), pg_temp.id(1, :users + i), 'User' from generate_series(1, 10000) i;

vacuum (analyze) scim.resource;
vacuum (analyze) scim.membership;
vacuum (analyze) scim.lookup;
vacuum (analyze) scim.tally;
-- What the load has left to be written is not for the figures.
checkpoint;
