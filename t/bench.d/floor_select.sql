\set i random(1, :users)
select id, version, created, last_modified, doc from scim.resource where tenant = 'bench' and id = ('00000001-0000-7000-8000-' || lpad((:i)::text, 12, '0'))::uuid;
