-- An entry of the audit log. $1 tenant, $2 arguments: entry
select {{audit_shown}}
  from (select) one
  left join scim.audit a
    on a.tenant = $1 and a.id = (select case when $2::jsonb ->> 'entry' ~ '^[0-9]{1,18}$' then ($2::jsonb ->> 'entry')::bigint end)
{{audit_whole}}
 where a.id is not null or scim.fail('SC404', 'entry', format('There is no entry "%s" in the audit log; its list shows the numbers.', $2::jsonb ->> 'entry')) is null
