-- What a decision remembers of the subscriptions that are called $2 (names, folded), as of one moment: a row for each that there is; one row with
-- nulls where there is none. Of one with more groups than $3 none are told. $1 tenant
select t.grounds, n.id, n.name, n.seats is not null, n.groups
  from (select) s
  left join lateral (select t.grounds from scim.tenant t where t.tenant = $1 offset 0) t on true
  left join lateral (
       select n.id, n.name, n.seats,
              array(select p.group_id from scim.mapping p where p.tenant = $1 and p.subscription_id = n.id limit $3::bigint + 1) as groups
         from scim.subscription n
        where n.tenant = $1 and n.name_key = any ($2::text[]) offset 0) n on true
