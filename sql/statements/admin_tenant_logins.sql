-- Gives each user the key of the tenant's new login attribute. $1 tenant, $2 loginAttribute, loginsChange
update scim.resource r
   set login_key = case when $2::jsonb ->> 'loginAttribute' = 'email' then scim.fold(scim.account_email(r.doc)) end
 where r.tenant = $1 and r.type = 'User' and r.deleted_at is null and ($2::jsonb ->> 'loginsChange')::boolean
   and (r.login_key is not null or scim.account_email(r.doc) is not null)
