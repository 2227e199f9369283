-- The objects that the terms of a token name: its user, who is not deleted, and its addresses. $1 tenant, $2
-- arguments: user, addresses
select (select coalesce((select x.id
                           from scim.resource x
                          where x.tenant = $1 and x.id = scim.as_id($2::jsonb ->> 'user') and x.type = 'User' and x.deleted_at is null),
                        (select x.id from scim.resource x where x.tenant = $1 and x.user_name_key = scim.fold($2::jsonb ->> 'user'))))::text
           as "foundUser",
       (select jsonb_agg(a.value::cidr::text order by a.ordinality)
          from jsonb_array_elements_text(nullif($2::jsonb -> 'addresses', 'null')) with ordinality a) as addresses
  from scim.tenant t
 where t.tenant = $1
