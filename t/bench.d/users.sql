-- Users 1 to :count of the tenant :tenant with all keys that writes keep, their rows of scim.lookup, and their number in the tally. Written
-- without triggers, so that a million users take minutes.
set session_replication_role = replica;

insert into scim.resource (tenant, type, id, doc, external_id, user_name_key, display_name_key, modified_hour, formatted_name_key, family_name_key,
                           given_name_key, employee_number_key)
select :'tenant', 'User', pg_temp.id(1, i),
       jsonb_build_object(
           'schemas', array ['urn:ietf:params:scim:schemas:core:2.0:User', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
           'userName', 'user' || i || '@example.com', 'externalId', 'ext-' || i, 'active', true,
           'displayName', 'User Number ' || i, 'title', 'Engineer', 'preferredLanguage', 'en-GB',
           'name', jsonb_build_object('givenName', 'User', 'familyName', 'Number ' || i, 'formatted', 'User Number ' || i),
           'emails', jsonb_build_array(jsonb_build_object('value', 'user' || i || '@example.com', 'type', 'work', 'primary', true)),
           'phoneNumbers', jsonb_build_array(jsonb_build_object('value', '+49' || i, 'type', 'work')),
           'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
           jsonb_build_object('employeeNumber', i::text, 'department', 'Department ' || i % 50)),
       'ext-' || i, 'user' || i || '@example.com', 'user number ' || i, scim.hour(now()), 'user number ' || i, 'number ' || i, 'user', i::text
  from generate_series(1, :count) i;
insert into scim.lookup (tenant, attribute, key, resource_id)
select :'tenant', a, case a when 1 then 'user' || i || '@example.com' else '+49' || i end, pg_temp.id(1, i)
  from generate_series(1, 2) a, generate_series(1, :count) i;
insert into scim.tally (tenant, type, n) values (:'tenant', 'User', :count);

reset session_replication_role;
