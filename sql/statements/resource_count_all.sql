-- The number of matching resources of several types, as in resource_count.
-- $1 tenant, $2 types, $3 the snapshot of the cached total, $4 the total; null: none is cached
select case
           {{remembered}}
           else (select count(*)
                   from scim.resource r
                  where r.tenant = $1 and r.type = any ($2::text[]) and r.wire and {{filter=true}})
       end
