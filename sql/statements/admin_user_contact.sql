-- The main contact, if it is another user than the one that is going to be. $1 tenant, $2 arguments: user, kind
select (select x.doc ->> 'userName'
          from scim.resource x
         where x.tenant = $1 and x.protected = 'main-contact' and x.deleted_at is null and x.id <> u.id and $2::jsonb ->> 'kind' = 'main-contact'
         limit 1) as contact
  from (select {{user_named}} as id offset 0) u
