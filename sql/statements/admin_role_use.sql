-- The use of a locked role; and the deleted users that have it, who are locked. $1 tenant, $2 arguments: role
with v as materialized (
    select {{role_named}} as role
), gone as materialized (
    select u.id, u.doc ->> 'userName' as user_name
      from scim.resource u
     where u.tenant = $1 and u.role = (select v.role from v) and u.deleted_at is not null
     order by u.id
       for no key update
)
select t.default_role = v.role as "isDefault", v.role = any (t.reserved_roles) as reserved,
       exists (select from scim.resource u where u.tenant = $1 and u.role = v.role and u.deleted_at is null) as used,
       (select g.doc ->> 'displayName'
          from scim.mapping p
          join scim.resource g on g.tenant = $1 and g.id = p.group_id
         where p.tenant = $1 and p.role = v.role
         order by p.id
         limit 1) as mapped,
       (select x.name from scim.template x where x.tenant = $1 and x.role = v.role order by x.priority, x.id limit 1) as template,
       (select jsonb_agg(jsonb_build_object('id', g.id, 'userName', g.user_name) order by g.id) from gone g) as deleted
  from scim.tenant t, v
 where t.tenant = $1
