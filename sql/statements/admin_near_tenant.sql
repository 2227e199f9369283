-- Tenants next to a name in alphabetical order. $1 *, $2 a name
(select t.tenant from scim.tenant t where $1::text = '*' and t.tenant >= $2::text order by t.tenant limit 10)
 union all
(select t.tenant from scim.tenant t where $1::text = '*' and t.tenant < $2::text order by t.tenant desc limit 10)
