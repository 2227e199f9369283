-- The facts for making or changing a user: the tenant's rules; whether another user has the name; the named role and
-- flags, locked so that they stay; and who else logs in by its possible e-mail addresses. $1 tenant, $2 arguments:
-- user, userName, email, role, flags
with u as materialized (
    select x.id, x.doc, scim.fold(coalesce($2::jsonb ->> 'userName', x.doc ->> 'userName')) as name
      from (select {{user_named}} as id offset 0) n
      left join lateral (select y.id, y.doc from scim.resource y where y.tenant = $1 and y.id = n.id offset 0) x on true
), r as materialized (
    select x.doc ->> 'value' as value
      from scim.resource x
     where x.tenant = $1 and x.type = 'Role' and x.wire and x.id = {{role_id}}
       for key share
), f as materialized (
    select n.name as named, n.place, x.name, x.name_key as key
      from jsonb_array_elements_text(nullif($2::jsonb -> 'flags', 'null')) with ordinality n (name, place)
      join scim.flag x on x.tenant = $1 and x.name_key = scim.fold(n.name)
     order by n.place
       for key share of x
), e as materialized (
    select distinct scim.fold(btrim(v.value)) as key
      from (select $2::jsonb ->> 'email' as value
             union all
            select m.value ->> 'value'
              from u
             cross join lateral jsonb_array_elements(case jsonb_typeof(u.doc -> 'emails') when 'array' then u.doc -> 'emails' end) m) v
     where v.value is not null
)
select (select jsonb_build_object({{rules_of_tenant}}) from scim.tenant t where t.tenant = $1) as rules,
       (select true
          from scim.resource x
         where x.tenant = $1 and x.user_name_key = (select u.name from u) and x.id is distinct from (select u.id from u)) as taken,
       (select r.value from r) as role,
       (select jsonb_agg(jsonb_build_object('named', f.named) order by f.place) from f) as "flagsFound",
       to_jsonb(array(select x.name from (select distinct f.name, f.key from f) x order by x.key)) as flags,
       (select jsonb_object_agg(e.key, o.name)
          from e
         cross join lateral (
                select x.doc ->> 'userName' as name
                  from scim.resource x
                 where x.tenant = $1 and x.login_key = e.key and x.id is distinct from (select u.id from u)
                offset 0) o) as logins
