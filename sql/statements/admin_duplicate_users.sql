-- The accounts of a list, and how many pairs of them have not been dismissed as different people. $1 tenant, $2
-- arguments: users
with named as materialized (
    select n.name, n.place, u.id
      from jsonb_array_elements_text($2::jsonb -> 'users') with ordinality n (name, place)
     cross join lateral (select {{user_found}} as id offset 0) u
), person as materialized (
    select n.id from named n where n.id is not null group by n.id
), counted as materialized (
    select count(*) as n from person p
), fresh as materialized (
    select count(*) as n
      from person one
      join person other on one.id < other.id
     where (select c.n from counted c) <= 100
       and (select true from scim.not_duplicate d where d.tenant = $1 and d.one = one.id and d.other = other.id limit 1) is null
)
select (select n.name from named n where n.id is null order by n.place limit 1) as unknown, c.n < 2 as "isAlone", c.n > 100 as "areMany",
       (select jsonb_agg(p.id order by p.id) from person p) as users, (select p.id::text from person p order by p.id limit 1) as id,
       (select string_agg(x.name, ', ' order by x.key)
          from person p
         cross join lateral (
                select r.doc ->> 'userName' as name, r.user_name_key as key from scim.resource r where r.tenant = $1 and r.id = p.id offset 0) x) as names,
       case when f.n = 0 then jsonb_build_object('pairs', 0) end as "is"
  from counted c, fresh f
