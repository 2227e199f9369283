-- The protected accounts, if they are few. $1 tenant
select f.n, case when f.n <= {{user_few}} then f.ids::text end as ids
  from (select count(*) as n, coalesce(array_agg(x.id), array[]::uuid[]) as ids
          from (select r.id from scim.resource r where r.tenant = $1 and r.protected is not null limit {{user_few}} + 1) x) f
