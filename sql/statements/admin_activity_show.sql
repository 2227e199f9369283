-- One request with its body. $1 tenant, $2 arguments: at, in microseconds since 1970; id, null for the first of that
-- time
select {{activity_shown}} || jsonb_build_object('bodyLength', a.body_length, 'body', a.body, 'changes', a.changes)
  from scim.activity a
 where a.tenant = $1 and a.at = (select timestamptz 'epoch' + ($2::jsonb ->> 'at')::bigint * interval '1 microsecond')
   and ($2::jsonb ->> 'id' is null or a.id = ($2::jsonb ->> 'id')::bigint)
 order by a.id
 limit 1
