-- The use of a flag: whether any user has it, which template gives it, and which deleted users have it, who are
-- locked.
-- $1 tenant, $2 arguments: flag
with f as materialized (
    select f.name from scim.flag f where f.tenant = $1 and f.name_key = scim.fold($2::jsonb ->> 'flag')
), gone as materialized (
    select r.id, r.doc ->> 'userName' as user_name, r.flags
      from scim.resource r
     where r.tenant = $1 and r.flags is not null and r.deleted_at is not null and (select f.name from f) = any (r.flags)
     order by r.id
       for no key update
)
select exists (select from scim.resource r
                where r.tenant = $1 and r.flags is not null and r.deleted_at is null and f.name = any (r.flags)) as used,
       (select t.name from scim.template t where t.tenant = $1 and f.name = any (t.flags) order by t.priority, t.id limit 1) as template,
       (select jsonb_agg(jsonb_build_object('id', g.id, 'userName', g.user_name, 'flags', g.flags) order by g.id) from gone g) as deleted
  from f
