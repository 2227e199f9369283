-- Gives a new tenant the built-in roles, which /Roles shows. One document has the attributes of both the IETF draft's
-- and Okta's schema; each resource type shows those of its own. Ids are ordered by their milliseconds, so each has
-- another one. $1 tenant
with made as (
    insert into scim.resource (tenant, id, type, doc, display_name_key, modified_hour)
    select $1, scim.new_id(clock_timestamp() + b.place * interval '1 ms'), 'Role',
           jsonb_build_object('schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:Role', 'urn:okta:scim:schemas:core:1.0:Role'),
                              'value', b.value, 'display', b.display, 'displayName', b.display, 'type', 'built-in', 'supported', true,
                              'limitedAssignmentsPermitted', false),
           scim.fold(b.display), scim.hour(now())
      from (values (1, 'administrator', 'Administrator'), (2, 'office-admin', 'Office administrator'), (3, 'user', 'User'),
                   (4, 'read-only', 'Read only'), (5, 'summary-only', 'Summary only')) b (place, value, display)
     where not exists (select from scim.resource r where r.tenant = $1 and r.type = 'Role' and r.wire limit 1)
     order by b.place
    returning id, doc
), counted as (
    insert into scim.tally (tenant, type, n) select $1, 'Role', count(*) from made having count(*) > 0
    returning 1
), found_by as (
    insert into scim.lookup (tenant, attribute, key, resource_id)
    select $1, k.attribute, k.key, m.id from made m cross join lateral scim.lookup_keys('Role', m.doc) k
        on conflict do nothing
)
insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, after)
select $1, {{actor}}, 'create', 'Role', m.id::text, m.doc ->> 'value', m.doc from made m order by m.id
returning true as "hasRoles"
