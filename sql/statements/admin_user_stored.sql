-- A user that this transaction has locked, as it is shown and as it is stored. $1 tenant, $2 arguments: user
select scim.user_json(r) as "is", {{user_stored}} as was, r.source = 'scim' as "isProvisioned", r.protected is not null as "isProtected",
       r.protected = 'main-contact' as "isMainContact"
  from scim.resource r
 where r.tenant = $1 and r.id = (select {{user_named}})
   for update
