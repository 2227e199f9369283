-- What a database of schema version 6 may hold: applied after the first six migrations, by t/cli/upgrade.t and
-- t/http/upgrade.t. Ids end in a number that the tests call them by.
insert into scim.tenant (tenant, display_name, enabled, restore) values
    ('acme', 'Acme', true, 'externalId'), ('off', null, false, 'userName'), ('empty', null, true, 'never');
update scim.tenant set profile = 'rfc' where tenant = 'empty';

insert into scim.token (tenant, key_id, digest, name, description, created_by, expires, revoked, revoked_by) values
    ('acme', 'AAAAAAAAAA', sha256('a'), 'entra', 'for Entra ID', 'scimctl:alice', '2099-01-01', null, null),
    ('acme', 'BBBBBBBBBB', sha256('b'), 'entra', null, 'scimctl:alice', '2099-01-01', '2026-01-02T03:04:05Z', 'scimctl:bob'),
    ('acme', 'CCCCCCCCCC', sha256('c'), 'old', null, 'scimctl:alice', '2026-01-01', null, null),
    ('off', 'DDDDDDDDDD', sha256('d'), 'entra', null, 'scimctl:alice', '2099-01-01', null, null),
    ('acme', 'EEEEEEEEEE', sha256('e'), 'narrow', null, 'scimctl:alice', '2099-01-01', null, null);
update scim.token
   set read_only = true, addresses = '{192.0.2.0/24}', rate = 5, burst = 10, user_id = '00000000-0000-7000-8000-000000000001'
 where name = 'narrow';

select scim.add_role('acme', 'Auditor', 'Auditing', 'custom', 0);
insert into scim.indexed (type, schema, attribute, multi_valued, fold, ready)
values ('User', 'urn:example:params:scim:schemas:extension:badge:2.0:User', 'number', false, false, true);
select scim.make_lookup();

create function pg_temp.add(n int, of_type text, doc jsonb, deleted timestamptz default null, of_tenant text default 'acme')
    returns void
    language plpgsql
as $$
begin
    insert into scim.resource (tenant, id, type, doc, version, created, last_modified, deleted_at)
    values (of_tenant, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, of_type,
            jsonb_build_object('schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:' || of_type)) || doc,
            n, '2026-01-01T00:00:00Z', '2026-01-02T03:04:05Z', deleted);
end
$$;

select pg_temp.add(1, 'User', '{"userName": "Anna", "externalId": "x-1", "displayName": "Anna", "active": true,
        "emails": [{"value": "Anna@example.com", "primary": true}], "phoneNumbers": [{"value": "+1"}],
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:example:params:scim:schemas:extension:badge:2.0:User"],
        "urn:example:params:scim:schemas:extension:badge:2.0:User": {"number": "N-1"}}'),
    -- Roles, as they were sent when nothing was asked of them.
    pg_temp.add(2, 'User', '{"userName": "bert", "displayName": "bert", "active": true, "roles": [{"value": "ADMINISTRATOR"}]}'),
    pg_temp.add(3, 'User', '{"userName": "cleo", "displayName": "cleo", "active": true, "roles": [{"value": "Editor"}]}'),
    pg_temp.add(4, 'User', '{"userName": "dora", "displayName": "dora", "active": true,
        "roles": [{"value": "Editor"}, {"value": "auditing", "primary": true}]}'),
    pg_temp.add(5, 'User', '{"userName": "emil", "displayName": "emil", "active": true,
        "roles": [{"value": "Editor", "primary": true}, {"value": "administrator"}]}'),
    pg_temp.add(6, 'User', '{"userName": "fred", "displayName": "fred", "active": false, "externalId": "x-6",
        "roles": [{"value": "read-only"}], "emails": [{"value": "fred@example.com"}]}', '2026-02-01T00:00:00Z'),
    pg_temp.add(7, 'User', '{"userName": "gina", "displayName": "gina", "active": false, "roles": [{"display": "no value"}]}'),
    pg_temp.add(8, 'User', '{"userName": "anna", "displayName": "anna", "active": true, "roles": []}', null, 'off'),
    pg_temp.add(10, 'Group', '{"displayName": "Staff", "externalId": "g-10"}'),
    pg_temp.add(11, 'Group', '{"displayName": "Editors"}'),
    pg_temp.add(12, 'Group', '{"displayName": "Former"}', '2026-02-01T00:00:00Z');

insert into scim.membership (tenant, group_id, member_id, member_type)
select 'acme', ('00000000-0000-7000-8000-0000000000' || g)::uuid, ('00000000-0000-7000-8000-0000000000' || m)::uuid, t
  from (values ('10', '01', 'User'), ('10', '11', 'Group'), ('11', '02', 'User'), ('11', '03', 'User'), ('11', '07', 'User'))
       x (g, m, t);

-- Changed and changed back, and one that is erased by hand: the tally has rows to count.
update scim.resource set doc = doc || '{"title": "x"}' where tenant = 'acme' and doc ->> 'userName' = 'bert';
update scim.resource set doc = doc - 'title' where tenant = 'acme' and doc ->> 'userName' = 'bert';
select pg_temp.add(9, 'User', '{"userName": "hugo", "displayName": "hugo"}');
delete from scim.resource where doc ->> 'userName' = 'hugo';
