-- Adds users of administrators, with their rows of scim.lookup, the tally and the audit log. $1 tenant, $2 made
-- (rules/user.h)
with made as (
    insert into scim.resource (tenant, type, id, doc, source, wire, active, role, sent_role, flags, protected, modified_hour, {{row_keys}})
    select $1, 'User', x.id, x.doc, x.source, x.wire, x.active, x.role, x."sentRole", x.flags, x.protected, scim.hour(now()), {{user_keys}}
      from jsonb_to_recordset($2::jsonb -> 'made') x (id uuid, doc jsonb, source text, wire boolean, active boolean, role text, "sentRole" text,
                                                      flags text[], protected text, keys text[])
     order by x.id
    returning id, doc, wire
), counted as (
    insert into scim.tally (tenant, type, n) select $1, 'User', count(*) filter (where m.wire) from made m having count(*) > 0
    returning 1
), found_by as (
    insert into scim.lookup (tenant, attribute, key, resource_id)
    select $1, k.attribute, k.key, m.id from made m cross join lateral scim.lookup_keys('User', m.doc) k
        on conflict do nothing
)
insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, after)
select $1, {{actor}}, 'create', 'User', m.id::text, m.doc ->> 'userName', m.doc from made m order by m.id
returning 1
