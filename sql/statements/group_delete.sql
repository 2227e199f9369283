-- Archives a group. Like resource_update.sql, but the audit entry has the number of people in the group, who may lose
-- access.
with written as (
{{row_set}}
 where r.tenant = $1 and r.type = $2 and r.id = $3::uuid
returning {{record}}
), counted as (
    insert into scim.tally (tenant, type, n) values ($1, $2, $23::bigint)
), noted as (
    insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, before, after, weight, logins)
    select $1, {{actor}}, $24, $2, $3, $25, $26::jsonb, $27::jsonb,
           $28::int + (select {{people_in}} from (select array [$3::uuid] as groups offset 0) n), $29::int
    returning 1
)
select w.*, null::text from written w
