-- Adds data to a request's existing row, from an entry without `m`: the body, and `e`, the id of the resource that the
-- request has turned out to concern.
-- $1 tenant, $2 entries
update scim.activity a
   set body = coalesce(e.b, a.body), body_length = coalesce(e.l, a.body_length), resource_id = coalesce(e.e, a.resource_id)
  from (select e.*, timestamptz 'epoch' + e.at * interval '1 microsecond' as came
          from jsonb_to_recordset($2::jsonb) e (i bigint, m text, at bigint, e uuid, l bigint, b jsonb)) e
 where e.i is not null and e.m is null and a.tenant = $1 and a.at = e.came and a.id = e.i
