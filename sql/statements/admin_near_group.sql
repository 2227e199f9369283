-- Groups next to a name in alphabetical order. $1 tenant, $2 a name
(select g.doc ->> 'displayName' from scim.resource g where g.tenant = $1 and g.group_name_key >= scim.fold($2::text) order by g.group_name_key limit 10)
 union all
(select g.doc ->> 'displayName' from scim.resource g where g.tenant = $1 and g.group_name_key < scim.fold($2::text) order by g.group_name_key desc limit 10)
