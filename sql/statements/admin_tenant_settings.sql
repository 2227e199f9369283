-- The objects that new settings of a locked tenant name, and what prevents the settings. $1 tenant, $2 arguments: any
-- settings
with t as materialized (
    select t.* from scim.tenant t where t.tenant = $1
), d as materialized (
    select x.doc ->> 'value' as role
      from (select {{role_found}} as role from (select $2::jsonb ->> 'defaultRole' as name) n) f
      join scim.resource x on x.tenant = $1 and x.type = 'Role' and x.wire and x.doc ->> 'value' = f.role
       for key share of x
), r as materialized (
    select n.name as named, n.place, x.doc ->> 'value' as role
      from jsonb_array_elements_text(nullif($2::jsonb -> 'reservedRoles', 'null')) with ordinality n (name, place)
     cross join lateral (select {{role_found}} as role offset 0) f
      join scim.resource x on x.tenant = $1 and x.type = 'Role' and x.wire and x.doc ->> 'value' = f.role
     order by n.place
       for key share of x
), will as materialized (
    select coalesce((select d.role from d), t.default_role) as default_role,
           case when $2::jsonb ? 'reservedRoles' then array(select r.role from r group by r.role order by min(r.place)) else t.reserved_roles end as reserved
      from t
), mapped as materialized (
    select p.role, g.doc ->> 'displayName' as name
      from scim.mapping p
      join scim.resource g on g.tenant = $1 and g.id = p.group_id
     where p.tenant = $1 and p.role = any ((select w.reserved from will w)::text[])
     order by p.id
     limit 1
), template as materialized (
    select x.role, x.name from scim.template x where x.tenant = $1 and x.role = any ((select w.reserved from will w)::text[]) order by x.priority, x.id limit 1
), clashing as materialized (
    select m.key, array_agg(m.name order by m.name_key) as names, row_number() over (order by m.key) as place
      from (select scim.fold(scim.account_email(u.doc)) as key, u.doc ->> 'userName' as name, u.user_name_key as name_key
              from t
              join scim.resource u on u.tenant = $1 and u.type = 'User' and u.deleted_at is null
             where $2::jsonb ->> 'loginAttribute' = 'email' and t.login_attribute <> 'email') m
     where m.key is not null
     group by m.key
    having count(*) > 1
     order by m.key
     limit 6
)
select (select d.role from d) as "defaultRole", to_jsonb(w.reserved) as "reservedRoles",
       (select jsonb_agg(jsonb_build_object('named', r.named) order by r.place) from r) as "reservedFound",
       case when w.default_role = any (w.reserved) then w.default_role end as "defaultReserved",
       (select m.role from mapped m) as "mappedRole", (select m.name from mapped m) as "mappedGroup",
       (select x.role from template x) as "templateRole", (select x.name from template x) as template,
       (select count(*) from scim.token k where k.tenant = $1 and k.revoked is null and k.expires > now()) > 1 as several,
       (select string_agg(format('"%s" (%s)', c.key, array_to_string(c.names[1:5], ', ') || case when cardinality(c.names) > 5 then ', ...' else '' end), ', ')
               filter (where c.place <= 5) || case when count(*) > 5 then ', ...' else '' end
          from clashing c) as clash
  from will w
