-- The account to which an identity is linked: the user itself, which is locked, or another one. $1 tenant, $2
-- arguments: user, issuer, subject
select scim.time_text(now()) as linked,
       (select {{link_shown}} from scim.link l
         where l.tenant = $1 and l.issuer = $2::jsonb ->> 'issuer' and l.subject = $2::jsonb ->> 'subject' and l.user_id = u.id) as "is",
       (select {{link_shown}} ->> 'userName' from scim.link l
         where l.tenant = $1 and l.issuer = $2::jsonb ->> 'issuer' and l.subject = $2::jsonb ->> 'subject' and l.user_id <> u.id) as taken
  from (select {{user_named}} as id offset 0) u
