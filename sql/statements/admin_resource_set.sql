-- Changes a resource that clients read alone, which is locked, or deletes it. $1 tenant, $2 id, type, doc, was (the document before), gone
with changed as (
    update scim.resource r
       set doc = $2::jsonb -> 'doc', display_name_key = scim.fold($2::jsonb -> 'doc' ->> 'displayName'), version = r.version + 1,
           last_modified = now(), modified_hour = scim.hour(now()), wire = not ($2::jsonb ->> 'gone')::boolean,
           deleted_at = case when ($2::jsonb ->> 'gone')::boolean then now() end
     where r.tenant = $1 and r.id = ($2::jsonb ->> 'id')::uuid
), counted as (
    insert into scim.tally (tenant, type, n) values ($1, $2::jsonb ->> 'type', -($2::jsonb ->> 'gone')::boolean::int)
), keys as (
    select k.attribute, k.key from scim.lookup_keys($2::jsonb ->> 'type', $2::jsonb -> 'doc') k where not ($2::jsonb ->> 'gone')::boolean
), removed as (
    delete from scim.lookup l
     where l.ctid = any (array(select x.ctid
                                 from (select k.attribute, k.key from scim.lookup_keys($2::jsonb ->> 'type', $2::jsonb -> 'was') k
                                       except
                                       select k.attribute, k.key from keys k) g
                                cross join lateral (select y.ctid
                                                      from scim.lookup y
                                                     where y.tenant = $1 and y.attribute = g.attribute and y.key = g.key
                                                       and y.resource_id = ($2::jsonb ->> 'id')::uuid
                                                    offset 0) x))
)
insert into scim.lookup (tenant, attribute, key, resource_id)
select $1, k.attribute, k.key, ($2::jsonb ->> 'id')::uuid from keys k
    on conflict do nothing
