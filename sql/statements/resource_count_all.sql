-- How many resources of several types match, as in resource_count.
-- $1 tenant, $2 types, $3 the snapshot of what is remembered, $4 that; null: nothing is
select case
           {{remembered}}
           else (select count(*)
                   from scim.resource r
                  where r.tenant = $1 and r.type = any ($2::text[]) and r.wire and {{filter=true}})
       end
