-- Takes a resource off the wire and keeps its row: a user becomes inactive, a group is archived with its own members.
-- $1 tenant, $2 type, $3 id, $4 acceptable versions, null for any
with gone as (
    update scim.resource r
       set deleted_at = now(),
           last_modified = now(),
           version = r.version + 1,
           doc = case when r.type = 'User' then jsonb_set(r.doc, '{active}', 'false') else r.doc end
     where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.wire
       and ($4::bigint[] is null or r.version = any ($4::bigint[]))
    returning r.id
)
select case
           when exists (select from gone) then true
           -- Another deletion may have come first, which this statement's snapshot does not show.
           when $4::bigint[] is not null
               and exists (select from scim.resource r
                         where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.wire)
               then scim.refuse('SC412', $3::text)
           else scim.refuse('SC404', format('%s "%s" does not exist.', $2, $3))
       end
