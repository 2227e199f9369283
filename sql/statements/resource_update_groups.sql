-- $1 to $29 as in row_set.part, $30 as in unchanged.part
with written as (
{{row_set}}
 where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and {{unchanged}}
returning r.tenant, {{record}}
), {{row_noted}}
select {{record}},
       {{groups}},
       {{changed_meanwhile}}
  from (select n.nests from scim.tenant n where n.tenant = $1) k
  left join written r on true
