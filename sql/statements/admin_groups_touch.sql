-- Gives locked groups a new version. $1 tenant, $2 touched (a list of ids; null: none)
with touched as (
    update scim.resource g
       set version = g.version + 1, last_modified = now(), modified_hour = scim.hour(now())
     where g.tenant = $1 and g.id = any (array(select t.value::uuid from jsonb_array_elements_text(nullif($2::jsonb -> 'touched', 'null')) t))
    returning g.id
)
insert into scim.tally (tenant, type, n) select $1, 'Group', 0 from touched limit 1
returning 1
