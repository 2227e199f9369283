-- Distributes the tables over the servers of a Citus cluster: each that has a tenant, by the tenant, a tenant's rows of all tables on one
-- server. What has none stays where it is, but for what views and functions read beside a tenant's rows: each server has a copy of that.
-- `scimctl db init --distributed` runs it when the tables are made, and each `scimctl db upgrade` of such a database again, for those
-- that are new.
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
    -- A schema comes to the other servers with the first thing in it.
    create function scim_app.first() returns int language sql return 1;
    drop function scim_app.first();
end
$$;
