-- A page of resources of several types, by type and creation, those types that are named with their members or groups; one
-- row with nulls where there is none.
-- A condition takes the place of `true /* filter */`, its own parameters follow the others; another order takes the place of
-- the one before `/* order */`, and its key, as one more column, that of `/* key */`.
-- $1 to $8 authentication, $9 types, $10 how many, $11 how many to skip, $12 base URL, $13 types with members, $14 types with
-- groups
select r.*, {{reader}}
  from {{tenant_bounded}}
  {{token}}
  left join lateral (
select {{record}},
       case when r.type = any ($13::text[]) then
       {{members}}
       end,
       r.type,
       case when r.type = any ($14::text[]) then
       {{groups}}
       end /* key */
  from scim.resource r, (values ($12::text)) b (base)
 where r.tenant = s.tenant and r.type = any ($9::text[]) and r.deleted_at is null and true /* filter */
 order by r.type, r.id /* order */
 limit $10::bigint offset $11::bigint) r on true
