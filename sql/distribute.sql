-- Distributes the tables over the servers of a Citus cluster: each table with a tenant is distributed by the tenant,
-- so that all rows of a tenant are on one server. The others stay on the coordinator, except the table that views and
-- functions read together with a tenant's rows: each server has a copy. `scimctl db init --distributed` executes this
-- after creating the tables, and each `scimctl db upgrade` of such a database again, for new tables.
do $$
declare
    name text;
begin
    for name in select c.relname
                  from pg_class c
                  join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
                 where c.relnamespace = 'scim'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
                   and not exists (select from pg_dist_partition d where d.logicalrelid = c.oid)
                 order by c.relname <> 'tenant', c.relname <> 'token', c.relname <> 'subscription', c.relname loop
        perform create_distributed_table(format('scim.%I', name), 'tenant',
                                         colocate_with => case name when 'tenant' then 'none' else 'scim.tenant' end);
    end loop;
    if not exists (select from pg_dist_partition d where d.logicalrelid = 'scim.indexed'::regclass) then
        perform create_reference_table('scim.indexed');
        perform truncate_local_data_after_distributing_table('scim.indexed');
    end if;
    -- The other servers get a schema with the first object in it.
    create function scim_app.first() returns int language sql return 1;
    drop function scim_app.first();
end
$$;
