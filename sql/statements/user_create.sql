-- Makes users whom nobody is like; who may be somebody whom the tenant knows already (user_alike.sql) is not made, and has no row in the
-- answer. Whom nobody has to be looked for has a null in the place of what would be looked for.
-- $24 whether the externalId, and $25 whether the userName, may bring a former user back; $26 the account's e-mail address, which a local
-- account may have
with {{made}}
     -- A scalar subquery stays one look-up; "exists" would be planned as a join with all former users.
     where ($24::boolean and (select true from scim.resource d
                               where d.tenant = $1 and d.external_id = w.external_id and (d.deleted_at is not null or not d.active) is true
                               limit 1)) is not true
       and ($25::boolean and (select true from scim.resource d
                               where d.tenant = $1 and d.former_name_key = w.user_name_key and d.former_name_key is not null
                               limit 1)) is not true
       -- Few tenants have local accounts: only theirs are asked for the address.
       and case when $26::text is not null
                     and (select true from scim.resource x
                           where x.tenant = $1 and x.type = 'User' and x.source <> 'scim' and x.deleted_at is null limit 1)
                then (select true from scim.lookup l where l.tenant = $1 and l.attribute = {{email_attribute}} and l.key = $26 limit 1) end is not true
), {{made_rows}}
