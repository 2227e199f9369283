-- Locks a resource without reading its document. Refuses a missing resource, or another version.
-- $1 tenant, $2 type, $3 id, $4 acceptable versions, null for any; negative ones are unacceptable
select case
           when l.version is null then scim.refuse('SC404', format('%s "%s" does not exist.', $2, $3))
           when $4::bigint[] is not null and l.version <> all ($4::bigint[]) and not (0 > any ($4::bigint[]) and -l.version <> all ($4::bigint[])) then scim.refuse('SC412', l.version::text)
       end
  from (select) one
  left join lateral (select r.version
                       from scim.resource r
                      where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.wire
                        for no key update) l on true
