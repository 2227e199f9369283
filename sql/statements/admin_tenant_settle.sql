-- Changes the accounts when provisioning is switched off, with the audit log. Accounts that are deactivated are a
-- batch, which can be undone.
-- $1 tenant, $2 accounts, batch (null: none)
with x as materialized (
    select r.id, r.type, r.doc, r.active, r.version, $2::jsonb ->> 'accounts' = 'local' as becomes_local,
           case $2::jsonb ->> 'accounts' when 'local' then r.doc else r.doc || '{"active": false}' end as new_doc
      from scim.resource r
     where {{settled}}
), changed as (
    update scim.resource r
       set doc = x.new_doc, source = case when x.becomes_local then 'local' else r.source end, wire = not x.becomes_local,
           active = r.active and x.becomes_local, version = r.version + 1, last_modified = now(), modified_hour = scim.hour(now())
      from x
     where r.tenant = $1 and r.id = x.id
), batched as (
    insert into scim.batch (tenant, id, kind, name, actor, changed)
    select $1, ($2::jsonb ->> 'batch')::uuid, 'deactivation', 'provisioning was switched off',
           $actor, count(*)
      from x
     where not x.becomes_local
    having count(*) > 0
    returning 1
), items as (
    insert into scim.batch_item (tenant, batch_id, user_id, what, version, undo)
    select $1, ($2::jsonb ->> 'batch')::uuid, x.id, 'deactivated', x.version + 1, jsonb_build_object('had', x.doc ? 'active')
      from x
     where not x.becomes_local
    returning 1
), counted as (
    insert into scim.tally (tenant, type, n) select $1, x.type, -sum(x.becomes_local::int) from x group by x.type
    returning 1
), noted as (
    insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, before, after, weight)
    select $1, {{actor}}, case when x.becomes_local then 'unlink' else 'update' end, x.type, x.id::text, coalesce(x.doc ->> 'userName', x.doc ->> 'displayName'),
           case when x.becomes_local then '{"source": "scim"}'::jsonb
                when x.doc ? 'active' then jsonb_build_object('active', x.doc -> 'active') end,
           case when x.becomes_local then '{"source": "local"}'::jsonb else '{"active": false}' end, (x.active and not x.becomes_local)::int
      from x
     order by x.type, x.id
    returning 1
), found_by as (
    -- `active` may be an indexed attribute.
    insert into scim.lookup (tenant, attribute, key, resource_id)
    select $1, k.attribute, k.key, x.id from x cross join lateral scim.lookup_keys(x.type, x.new_doc) k where not x.becomes_local
        on conflict do nothing
)
delete from scim.lookup l
 using (select k.attribute, k.key, x.id
          from x cross join lateral scim.lookup_keys(x.type, x.doc) k
         where scim.lookup_parts(x.doc) is distinct from scim.lookup_parts(x.new_doc)
        except
        select k.attribute, k.key, x.id from x cross join lateral scim.lookup_keys(x.type, x.new_doc) k) g
 where l.tenant = $1 and l.attribute = g.attribute and l.key = g.key and l.resource_id = g.id
