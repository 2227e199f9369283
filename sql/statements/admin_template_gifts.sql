-- What a template gives, locked so that it stays; null if there is no such argument. For each list the objects that
-- were found by name, in the order of the list, and the names and ids as they are stored. $1 tenant, $2 arguments:
-- role, groups, subscriptions, flags
with r as materialized (
    select x.doc ->> 'value' as value
      from scim.resource x
     where x.tenant = $1 and x.type = 'Role' and x.wire and x.id = {{role_id}}
       for key share
), g as materialized (
    select n.name as named, n.place, x.id, x.doc ->> 'displayName' as name, x.display_name_key as key, x.deleted_at is not null as archived, x.source
      from jsonb_array_elements_text(nullif($2::jsonb -> 'groups', 'null')) with ordinality n (name, place)
     cross join lateral (select {{group_found}} as id offset 0) f
      join scim.resource x on x.tenant = $1 and x.id = f.id
     order by n.place
       for key share of x
), s as materialized (
    {{subscriptions_listed}}
), f as materialized (
    select n.name as named, n.place, x.name, x.name_key as key
      from jsonb_array_elements_text(nullif($2::jsonb -> 'flags', 'null')) with ordinality n (name, place)
      join scim.flag x on x.tenant = $1 and x.name_key = scim.fold(n.name)
     order by n.place
       for key share of x
)
select (select r.value from r) as role,
       $2::jsonb ->> 'role' is not null and not exists (select from r) as "noRole",
       (select true from scim.tenant t where t.tenant = $1 and (select r.value from r) = any (t.reserved_roles) for share) as reserved,
       (select jsonb_agg(jsonb_build_object('named', g.named, 'group', g.name, 'archived', g.archived, 'source', g.source)) from g) as "groupsFound",
       (select jsonb_agg(jsonb_build_object('named', s.named)) from s) as "subscriptionsFound",
       (select jsonb_agg(jsonb_build_object('named', f.named)) from f) as "flagsFound",
       to_jsonb(array(select x.name from (select distinct g.id, g.name, g.key from g) x order by x.key)) as groups,
       to_jsonb(array(select x.name from (select distinct s.id, s.name, s.key from s) x order by x.key)) as subscriptions,
       to_jsonb(array(select x.name from (select distinct f.name, f.key from f) x order by x.key)) as flags,
       case when $2::jsonb ? 'groups' then to_jsonb(array(select distinct g.id from g order by g.id)) end as "groupIds",
       case when $2::jsonb ? 'subscriptions' then to_jsonb(array(select distinct s.id from s order by s.id)) end as "subscriptionIds"
