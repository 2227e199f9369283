with written as (
{{row_set}}
 where r.tenant = $1 and r.type = $2 and r.id = $3::uuid
returning {{record}}
), {{row_noted}}
select w.*, null::text from written w
