-- The groups of a list, in its order, locked so that they stay, and their mappings. $1 tenant, $2 arguments: groups
with g as materialized (
    select n.name as named, n.place, x.id, x.doc ->> 'displayName' as name, to_char(x.deleted_at at time zone 'UTC', 'YYYY-MM-DD') as archived
      from jsonb_array_elements_text($2::jsonb -> 'groups') with ordinality n (name, place)
     cross join lateral (select {{group_found}} as id offset 0) f
      join scim.resource x on x.tenant = $1 and x.id = f.id
     order by n.place
       for key share of x
)
select (select jsonb_agg(jsonb_build_object('named', g.named, 'id', g.id, 'group', g.name, 'archivedOn', g.archived) order by g.place) from g) as found,
       (select jsonb_agg(p.group_id || ' ' || coalesce(p.subscription_id::text, 'role:' || p.role))
          from scim.mapping p
         where p.tenant = $1 and p.group_id = any (array(select g.id from g))) as mapped,
       scim.time_text(now()) as created
