-- The entries of the transaction in the audit log, at most a hundred. After a million bytes, items have `omitted`
-- instead of `before` and `after`.
-- $1 tenant, $2 the number from which the audit log has the transaction's entries, $3 the transaction's id
select jsonb_build_object('count', count(*), 'items', coalesce(jsonb_agg(
           jsonb_strip_nulls(jsonb_build_object('action', x.action, 'objectType', x.object_type, 'objectId', x.object_id, 'objectName', x.object_name))
           || case when x.size <= 1000000 then jsonb_build_object('before', x.before, 'after', x.after) else '{"omitted": true}' end
           order by x.id) filter (where x.place <= 100), '[]'))
  from (select a.*, row_number() over (order by a.id) as place,
               sum(coalesce(octet_length(a.before::text), 0) + coalesce(octet_length(a.after::text), 0)) over (order by a.id) as size
          from scim.audit a
         where a.tenant = $1 and a.id >= $2::bigint and a.xid = $3::xid8) x
