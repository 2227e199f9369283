-- How many resources match: what is remembered where nothing of the tenant has changed since, or counted. The search's condition fills `filter`.
-- $1 tenant, $2 type, $3 the snapshot of what is remembered, $4 that; null: nothing is
select case
           {{remembered}}
           else (select count(*)
                   from scim.resource r
                  where r.tenant = $1 and r.type = $2 and r.wire and {{filter=true}})
       end
