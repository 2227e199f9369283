-- $1 to $29 as in row_set.part, $30 as in unchanged.part
with written as (
{{row_set}}
 where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and {{unchanged}}
returning {{record}}
), {{row_noted}}
select {{record}}, null::text, {{changed_meanwhile}}
  from (select) s
  left join written r on true
