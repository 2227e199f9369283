-- What a token may do, and what a request has to know of its tenant, both in the row that authentication reads.

set local role scim_owner;

alter table scim.tenant
    add profile text not null default 'lenient' check (profile in ('lenient', 'rfc', 'interop')),
    add nests   boolean not null default false; -- a group has ever been a member of a group: look for indirect groups

alter table scim.token
    add read_only boolean not null default false,
    add addresses cidr[],                         -- where it may be used from; null: everywhere
    add rate      int check (rate > 0),           -- requests a second; null: no limit
    add burst     int check (burst > 0),          -- at once
    add user_id   uuid,                           -- whom /Me means
    -- Copies of the tenant's settings, kept by the triggers below: authentication reads one row.
    add tenant_enabled boolean not null default true,
    add tenant_profile text not null default 'lenient',
    add tenant_nests   boolean not null default false,
    add check ((rate is null) = (burst is null));

-- Whether nothing but its end stands against the token: what most tokens are, in one column to look at.
alter table scim.token
    add open boolean not null generated always as
        (revoked is null and tenant_enabled and tenant_profile = 'lenient' and not read_only and addresses is null) stored;

update scim.tenant n
   set nests = true
 where exists (select from scim.membership m where m.tenant = n.tenant and m.member_type = 'Group');

update scim.token t
   set tenant_enabled = n.enabled, tenant_nests = n.nests
  from scim.tenant n
 where n.tenant = t.tenant;

-- Everything that can stand against a token, for the request that a look at `open` has not let through.
-- The digest comes as sha256(digest || blind), `blind` being random, so that the time of the comparison tells nothing.
create function scim.examine(of_tenant text, of_key text, blinded bytea, blind bytea, address text, writes boolean,
                             refusers text[]) returns boolean
    language plpgsql volatile
as $$
declare
    t scim.token;
begin
    select * into t from scim.token where tenant = of_tenant and key_id = of_key;
    return case
        when not found or sha256(t.digest || blind) <> blinded
            then scim.refuse('SC401', 'no such token')
        when t.revoked is not null
            then scim.refuse('SC401', format('token "%s" was revoked', t.name))
        when t.expires <= now()
            then scim.refuse('SC401', format('token "%s" has expired', t.name))
        when not t.tenant_enabled
            then scim.refuse('SC403', 'Provisioning is switched off for this tenant. An administrator can switch it on again.')
        when t.addresses is not null and (address::inet <<= any (t.addresses)) is not true
            then scim.refuse('SC403', format('The token "%s" may not be used from this address.', t.name))
        when writes and t.read_only
            then scim.refuse('SC403', format('The token "%s" may only read.', t.name))
        when t.tenant_profile = any (refusers)
            then scim.refuse('SC40P', t.tenant_profile)
        else true
    end;
end
$$;

-- The lock makes a token that is created while its tenant changes wait for the change.
create function scim.copy_tenant() returns trigger
    language plpgsql
as $$
begin
    select n.enabled, n.profile, n.nests
      into new.tenant_enabled, new.tenant_profile, new.tenant_nests
      from scim.tenant n
     where n.tenant = new.tenant
       for share;
    return new;
end
$$;

create trigger copy_tenant before insert on scim.token
    for each row execute function scim.copy_tenant();

-- With the owner's rights: a membership that the web role adds may set `nests`.
create function scim.spread_tenant() returns trigger
    language plpgsql security definer set search_path = pg_catalog
as $$
begin
    update scim.token t
       set tenant_enabled = new.enabled, tenant_profile = new.profile, tenant_nests = new.nests
     where t.tenant = new.tenant;
    return null;
end
$$;

create trigger spread_tenant after update of enabled, profile, nests on scim.tenant
    for each row execute function scim.spread_tenant();

create or replace function scim.mark_nested() returns trigger
    language plpgsql security definer set search_path = pg_catalog
as $$
begin
    update scim.tenant n set nests = true where n.tenant = new.tenant and not n.nests;
    return null;
end
$$;

alter table scim.resource drop nested;

-- All groups of a user, those that contain its groups included, in the form of sql/statements/groups.part. In plpgsql for
-- its plan, which is then made once for a connection.
drop function scim.all_groups(text, uuid, text);
create function scim.all_groups(of_tenant text, of_user uuid) returns text[]
    language plpgsql stable
as $$
begin
    return array(with recursive up (group_id, direct) as (
                select m.group_id, true
                  from scim.membership m
                 where m.tenant = of_tenant and m.member_id = of_user
                 union
                select m.group_id, false
                  from up
                  join scim.resource g on g.tenant = of_tenant and g.id = up.group_id and g.deleted_at is null
                  join scim.membership m on m.tenant = of_tenant and m.member_id = up.group_id)
            select concat(case when not u.direct then 'i' end, g.id, g.doc ->> 'displayName')
              from (select group_id, bool_or(direct) as direct from up group by group_id) u
              join scim.resource g on g.tenant = of_tenant and g.id = u.group_id and g.deleted_at is null
             order by g.id);
end
$$;

-- The same wall as before. coalesce keeps the planner from taking the condition apart: it would put a node of its own over
-- each table for the comparison of the setting with the parameter, which cost half of the time of a small statement, or
-- take it that a setting which is not made yet matches no row.
do $$
declare
    t text;
begin
    foreach t in array array ['tenant', 'token', 'resource', 'lookup', 'membership'] loop
        execute format('alter policy web on scim.%I using (coalesce(tenant = current_setting(''scim.tenant'', true), false))', t);
    end loop;
end
$$;

reset role;
