-- Locks a grant and reads it for the audit log. $1 tenant, $2 arguments: grant
select {{grant_shown}} as "is", scim.time_text(a.joined) as joined,
       a.source = 'provider' and exists (select from scim.tenant t where t.tenant = $1 and t.sent_entitlements = 'match')
       and exists (select
                     from scim.resource u
                    where u.tenant = $1 and u.id = a.user_id and u.source = 'scim' and u.deleted_at is null and u.protected is null) as "isProvided"
  from scim.access_grant a
 where a.tenant = $1 and a.id = scim.as_id($2::jsonb ->> 'grant')
   for update
