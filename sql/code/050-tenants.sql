-- Tenants: their settings, which their tokens have copies of, and what administrators do with them.

-- --- copies of settings, for authentication --------------------------------------------------------------------------

create function scim.keeps(t scim.tenant) returns text
    language sql immutable
as $$
    select nullif(concat(case when t.activity_reads < 100 then t.activity_reads end,
                         case when t.activity_bodies then '+' when t.activity_mask <> '{}' then '-' end, array_to_string(t.activity_mask, ',')), '')
$$;

-- w: the guard, or a dry run, has something to look at; y: the tenant runs dry; r: rules for accounts; p: protected accounts; n: activity does not show what
-- users are called, userName; u: nor their displayName (both are personal); d: nor anybody's displayName.
create function scim.traits(t scim.tenant) returns text
    language plpgsql stable
as $$
begin
    return concat('-',
        case when t.dry_run or t.guard_limit is not null or t.guard_share is not null
                  or exists (select from scim.hold h where h.tenant = t.tenant and h.state = 'rejected' and h.decided > now() - interval '1 day')
             then 'w' end,
        case when t.dry_run then 'y' end,
        case when t.user_name_email or t.derive_display_name or t.role_wins <> 'sync' then 'r' end,
        case when exists (select from scim.resource x where x.tenant = t.tenant and x.protected is not null) then 'p' end,
        case when lower(t.activity_mask::text)::text[] && array ['username', 'personal'] then 'n' end,
        case when lower(t.activity_mask::text)::text[] && array ['displayname', 'personal'] then 'u' end,
        case when 'displayname' = any (lower(t.activity_mask::text)::text[]) then 'd' end);
end
$$;

-- The same of a token. m: it is for its user alone, /Me.
create function scim.token_traits(t scim.tenant, confined boolean) returns text
    language sql stable
as $$
    select scim.traits(t) || case when confined then 'm' else '' end
$$;

-- Gives a tenant's tokens their copies anew; each change of what they are copies of does so, in its own transaction, and raises the version
-- of the rules with it. One at a time, so that each sees what the one before has changed: nothing else makes who marks a user and who sets the guard wait
-- for one another.
create function scim.spread(of_tenant text) returns void
    language plpgsql
as $$
declare
    t     scim.tenant;
    has   text;
    wants text;
begin
    select x.* into t from scim.tenant x where x.tenant = of_tenant for no key update;
    has := scim.traits(t);
    wants := scim.keeps(t);
    update scim.token k
       set tenant_enabled = t.enabled, tenant_profile = t.profile, tenant_nests = t.nests, keeps = wants,
           traits = has || case when k.confined then 'm' else '' end, rules = scim.raised(k.rules)
     where k.tenant = of_tenant;
end
$$;
revoke execute on function scim.spread from public;
grant execute on function scim.spread to scim_manage;

-- --- what administrators do ------------------------------------------------------------------------------------------

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
