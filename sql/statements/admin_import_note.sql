-- Records what a piece of an import has done. $1 tenant, $2 import, items (a list of objects: user, line, what, undo),
-- and how many lines had which result: made, changed, same, kept, refused
with noted as (
    insert into scim.batch_item (tenant, batch_id, user_id, line, what, version, undo)
    select $1, ($2::jsonb ->> 'import')::uuid, x."user", x.line, x.what,
           (select r.version from scim.resource r where r.tenant = $1 and r.id = x."user"),
           -- A membership that the piece has added has the time of its transaction.
           x.undo || jsonb_build_object('at', now())
      from jsonb_to_recordset($2::jsonb -> 'items') x ("user" uuid, line bigint, what text, undo jsonb)
        on conflict do nothing
)
update scim.batch b
   set latest = now(), made = b.made + n.made, changed = b.changed + n.changed, same = b.same + n.same, kept = b.kept + n.kept,
       refused = b.refused + n.refused
  from jsonb_to_record($2::jsonb) n (made int, changed int, same int, kept int, refused int)
 where b.tenant = $1 and b.id = ($2::jsonb ->> 'import')::uuid
