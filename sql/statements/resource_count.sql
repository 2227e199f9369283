-- The number of matching resources: the cached total if nothing in the tenant has changed since, otherwise counted.
-- The search's condition fills `filter`.
-- $1 tenant, $2 type, $3 the snapshot of the cached total, $4 the total; null: none is cached
select case
           {{remembered}}
           else (select count(*)
                   from scim.resource r
                  where r.tenant = $1 and r.type = $2 and r.wire and {{filter=true}})
       end
