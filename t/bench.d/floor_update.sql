\set i random(1, :users)
\startpipeline
select digest, name, expires, revoked from scim.token where tenant = 'bench' and key_id = :key_id;
update scim.resource set doc = doc || jsonb_build_object('title', gen_random_uuid()), version = version + 1, last_modified = now() where tenant = 'bench' and id = ('00000001-0000-7000-8000-' || lpad((:i)::text, 12, '0'))::uuid returning id, version, created, last_modified, doc;
insert into scim.audit (tenant, action, object_type, object_id, object_name, before, after) select 'floor', 'update', 'User', gen_random_uuid(), 'changed', jsonb_build_object('title', gen_random_uuid()), jsonb_build_object('title', gen_random_uuid());
\endpipeline
