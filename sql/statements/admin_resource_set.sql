-- Changes locked resources of administrators. $1 tenant, $2 id, type, doc, was (the document before), gone, and, if
-- they differ from scim and false, source, wasSource, wasGone; or a list of such objects, changes
with x as materialized (
    select c.id, c.type, c.doc, c.was, coalesce(c.source, 'scim') as source, c.gone, coalesce(c."wasGone", false) as was_gone,
           now() as at, not c.gone and coalesce(c.source, 'scim') <> 'local' as wire,
           not coalesce(c."wasGone", false) and coalesce(c."wasSource", 'scim') <> 'local' as was_wire
      from jsonb_to_recordset(case when $2::jsonb ? 'changes' then $2::jsonb -> 'changes' else jsonb_build_array($2::jsonb) end)
           c (id uuid, type text, doc jsonb, was jsonb, source text, "wasSource" text, gone boolean, "wasGone" boolean)
), changed as (
    update scim.resource r
       set doc = x.doc, display_name_key = scim.fold(x.doc ->> 'displayName'),
           group_name_key = case when x.type = 'Group' and not x.gone then scim.fold(x.doc ->> 'displayName') end, version = r.version + 1,
           last_modified = now(), modified_hour = scim.hour(now()), source = x.source, wire = x.wire,
           deleted_at = case when x.gone then coalesce(r.deleted_at, x.at) end
      from x
     where r.tenant = $1 and r.id = x.id
), counted as (
    insert into scim.tally (tenant, type, n) select $1, x.type, sum(x.wire::int - x.was_wire::int) from x group by x.type
    returning 1
), keys as (
    select k.attribute, k.key, x.id from x cross join lateral scim.lookup_keys(x.type, x.doc) k where not x.gone
), removed as (
    delete from scim.lookup l
     using (select k.attribute, k.key, x.id from x cross join lateral scim.lookup_keys(x.type, x.was) k where not x.was_gone
             except
            select k.attribute, k.key, k.id from keys k) g
     where l.tenant = $1 and l.attribute = g.attribute and l.key = g.key and l.resource_id = g.id
)
insert into scim.lookup (tenant, attribute, key, resource_id)
select $1, k.attribute, k.key, k.id from keys k
    on conflict do nothing
