-- Activates locked accounts that were deactivated together, with the audit log. $1 tenant, $2 revive (a list of
-- objects: user, had: whether the document had `active`)
with x as materialized (
    select r.id, r.doc, case when v.had then r.doc || '{"active": true}' else r.doc - 'active' end as new_doc
      from (select v."user", v.had from jsonb_to_recordset($2::jsonb -> 'revive') v ("user" uuid, had boolean) offset 0) v
      join scim.resource r on r.tenant = $1 and r.id = v."user"
), changed as (
    update scim.resource r
       set doc = x.new_doc, active = true, version = r.version + 1, last_modified = now(), modified_hour = scim.hour(now())
      from x
     where r.tenant = $1 and r.id = x.id
), counted as (
    insert into scim.tally (tenant, type, n) select $1, 'User', 0 from x limit 1
    returning 1
), noted as (
    insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, before, after)
    select $1, {{actor}}, 'update', 'User', x.id::text, x.doc ->> 'userName', '{"active": false}', jsonb_build_object('active', true) from x order by x.id
    returning 1
), found_by as (
    -- `active` may be an indexed attribute.
    insert into scim.lookup (tenant, attribute, key, resource_id)
    select $1, k.attribute, k.key, x.id from x cross join lateral scim.lookup_keys('User', x.new_doc) k
        on conflict do nothing
)
delete from scim.lookup l
 using (select k.attribute, k.key, x.id
          from x cross join lateral scim.lookup_keys('User', x.doc) k
         where scim.lookup_parts(x.doc) is distinct from scim.lookup_parts(x.new_doc)
        except
        select k.attribute, k.key, x.id from x cross join lateral scim.lookup_keys('User', x.new_doc) k) g
 where l.tenant = $1 and l.attribute = g.attribute and l.key = g.key and l.resource_id = g.id
