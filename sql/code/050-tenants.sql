-- Tenants: how administrators see them.

-- Every column but those that nobody is shown, so that a new setting is shown by being there. They are named here: what a comment says of a
-- column is not there on a server of a Citus cluster.
create function scim.tenant_json(t scim.tenant) returns jsonb
    language sql stable
as $$
    select jsonb_object_agg(scim.camel(a.attname::text),
                       case a.atttypid
                           when 'timestamptz'::regtype then to_jsonb(scim.time_text((to_jsonb(t) ->> a.attname)::timestamptz))
                           else to_jsonb(t) -> a.attname
                       end)
              from pg_attribute a
             where a.attrelid = 'scim.tenant'::regclass and a.attnum > 0 and not a.attisdropped
               and a.attname not in ('nests', 'grounds')
$$;

-- How many it has: on the wire, and local ones. Volatile, so that it sees what the statement that asks has changed.
create function scim.tenant_counted(tenant_json jsonb) returns jsonb
    language plpgsql volatile
as $$
begin
    return tenant_json || jsonb_build_object(
        'users', (select coalesce(sum(y.n), 0) from scim.tally y where y.tenant = tenant_json ->> 'tenant' and y.type = 'User'),
        'groups', (select coalesce(sum(y.n), 0) from scim.tally y where y.tenant = tenant_json ->> 'tenant' and y.type = 'Group'),
        'localUsers', (select count(*) from scim.resource r
                        where r.tenant = tenant_json ->> 'tenant' and r.type = 'User' and r.source <> 'scim' and r.deleted_at is null));
end
$$;
