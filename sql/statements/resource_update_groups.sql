with written as (
{{row_set}}
 where r.tenant = $1 and r.type = $2 and r.id = $3::uuid
returning r.tenant, {{record}}
), {{row_noted}}
select {{record}},
       {{groups}}
  from written r, (select n.nests from scim.tenant n where n.tenant = $1) k
