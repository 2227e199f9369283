-- The mappings to cache for the subscriptions named $2 (names, folded), in one snapshot: a row for each existing one;
-- one row with nulls if there is none. The groups of one with more than $3 groups are left out. $1 tenant
select t.grounds, n.id, n.name, n.seats is not null, n.groups
  from (select) s
  left join lateral (select t.grounds from scim.tenant t where t.tenant = $1 offset 0) t on true
  left join lateral (
       select n.id, n.name, n.seats,
              array(select p.group_id from scim.mapping p where p.tenant = $1 and p.subscription_id = n.id limit $3::bigint + 1) as groups
         from scim.subscription n
        where n.tenant = $1 and n.name_key = any ($2::text[]) offset 0) n on true
