-- Takes a resource off the wire and keeps its row: a user becomes inactive, a group is archived with its own members. Where the
-- tenant wants it so, a user is erased.
-- $1 tenant, $2 type, $3 id, $4 acceptable versions, null for any
with erased as (
    delete from scim.resource r
     where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.wire and $2 = 'User'
       and ($4::bigint[] is null or r.version = any ($4::bigint[]))
       and (select t.deletion from scim.tenant t where t.tenant = $1) = 'erase'
    returning r.id
), gone as (
    update scim.resource r
       set deleted_at = now(),
           last_modified = now(),
           version = r.version + 1,
           doc = case when r.type = 'User' then jsonb_set(r.doc, '{active}', 'false') else r.doc end
     where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.wire
       and ($4::bigint[] is null or r.version = any ($4::bigint[]))
       and ($2 <> 'User' or (select t.deletion from scim.tenant t where t.tenant = $1) = 'keep')
    returning r.id
)
select case
           when exists (select from gone) or exists (select from erased) then true
           -- Another deletion may have come first, which this statement's snapshot does not show.
           when $4::bigint[] is not null
               and exists (select from scim.resource r
                         where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.wire)
               then scim.refuse('SC412', $3::text)
           else scim.refuse('SC404', format('%s "%s" does not exist.', $2, $3))
       end
