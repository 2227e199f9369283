\startpipeline
select digest, name, expires, revoked from scim.token where tenant = 'bench' and key_id = :key_id;
insert into scim.resource (tenant, type, id, doc) select 'floor', 'User', gen_random_uuid(), jsonb_build_object('schemas', array [replace('urn;ietf;params;scim;schemas;core;2.0;User', ';', chr(58))], 'userName', n, 'externalId', n, 'active', true, 'name', jsonb_build_object('givenName', 'Made', 'familyName', 'User'), 'emails', jsonb_build_array(jsonb_build_object('value', n, 'type', 'work', 'primary', true))) from (select gen_random_uuid() || '@example.com') x (n) returning id, version, created, last_modified, doc;
\endpipeline
