\set i random(1, :users)
\startpipeline
select digest, name, expires, revoked from scim.token where tenant = 'bench' and key_id = :key_id;
select id, version, created, last_modified, doc from scim.resource where tenant = 'bench' and id = ('00000001-0000-7000-8000-' || lpad((:i)::text, 12, '0'))::uuid;
\endpipeline
