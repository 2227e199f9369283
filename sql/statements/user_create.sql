-- Adds one user, unless the tenant may already know the person (user_alike.sql); then it is not added, and has no row
-- in the answer. Like resource_create.sql, but for one row: values cost a quarter less than arrays of one element.
-- $1 tenant, $2 'User', $3 id, $4 document, $5 whether to return the document, $6 whether the user is active, $7 and
-- $8 the role and the one that was sent, $9 to $21 the keys, in the order of row_keys.part, $22 whether to fold the
-- tally, $23 the flags (the text of an array; null: none), $24 whether the externalId, and $25 whether the userName,
-- may restore a former user; $26 the account's e-mail address, which a local account may have (null: none)
with created as (
    insert into scim.resource as r (tenant, type, id, doc, modified_hour, active, role, sent_role, flags, {{row_keys}})
    select $1, $2, $3::uuid, $4::jsonb, scim.hour(now()), $6::boolean, $7, $8, $23::text[], $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
           $20, $21
     -- A scalar subquery stays one look-up; "exists" would be planned as a join with all former users.
     where ($24::boolean and (select true from scim.resource d
                               where d.tenant = $1 and d.external_id = $9 and (d.deleted_at is not null or not d.active) is true
                               limit 1)) is not true
       and ($25::boolean and (select true from scim.resource d
                               where d.tenant = $1 and d.former_name_key = $10 and d.former_name_key is not null
                               limit 1)) is not true
       -- Few tenants have local accounts: the address is searched only in those.
       and case when $26::text is not null
                     and (select true from scim.resource x
                           where x.tenant = $1 and x.type = 'User' and x.source <> 'scim' and x.deleted_at is null limit 1)
                then (select true from scim.lookup l where l.tenant = $1 and l.attribute = {{email_attribute}} and l.key = $26 limit 1) end is not true
        on conflict do nothing
    returning r.id, r.version, r.created, r.last_modified, r.doc
), found_by as (
    insert into scim.lookup (tenant, attribute, key, resource_id)
    select $1, k.attribute, k.key, c.id
      from created c
     cross join lateral scim.lookup_keys('User', c.doc) k
        on conflict do nothing
), counted as (
    insert into scim.tally (tenant, type, n) select $1, $2, 1 from created
    returning 1
), {{made_noted}}
