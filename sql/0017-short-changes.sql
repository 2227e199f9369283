-- What a dry run would have changed is told as long as it is not too long to be kept: a row of activity that is, is lost.

set local role scim_owner;

-- What the transaction has put into the audit log, a hundred rows of it at the most. Beyond a million bytes an item is without
-- what was before and after, and says so (omitted).
create or replace function scim.changes(of_tenant text) returns jsonb
    language plpgsql
as $$
declare
    rows jsonb;
    n    bigint;
begin
    select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('action', x.action, 'objectType', x.object_type, 'objectId', x.object_id,
                                                          'objectName', x.object_name))
                     || case
                            when x.size <= 1000000 then jsonb_build_object('before', x.before, 'after', x.after)
                            else '{"omitted": true}'
                        end
                     order by x.id) filter (where x.place <= 100), count(*)
      into rows, n
      from (select a.*, row_number() over (order by a.id) as place,
                   sum(coalesce(octet_length(a.before::text), 0) + coalesce(octet_length(a.after::text), 0)) over (order by a.id) as size
              from scim.audit a
             where a.tenant = of_tenant and a.id >= current_setting('scim.noted')::bigint and a.xid = pg_current_xact_id()) x;
    return jsonb_build_object('count', n, 'items', rows);
end
$$;

reset role;
