-- Tenants, as administrators see them.

-- All columns but the internal ones, so that a new setting is shown automatically. The internal columns are named here and not marked by
-- comments on the columns, because a server of a Citus cluster does not have the comments.
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

-- Adds the numbers of users and groups that clients see, and of local users. Volatile, so that it sees the changes of the calling statement.
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
