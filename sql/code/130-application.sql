-- The views for applications. Their names and columns are stable. Each view shows only the tenant in the setting scim.tenant, and nothing without
-- the setting.

create view scim_app.accounts with (security_barrier) as
select r.tenant, r.id, r.doc ->> 'userName' as user_name, r.user_name_key, r.doc ->> 'displayName' as display_name,
       (select e.value ->> 'value' from jsonb_array_elements(r.doc -> 'emails') with ordinality e
         order by (e.value ->> 'primary') is not distinct from 'true' desc, e.ordinality limit 1) as email,
       (select e.value ->> 'value' from jsonb_array_elements(r.doc -> 'phoneNumbers') with ordinality e
         order by (e.value ->> 'primary') is not distinct from 'true' desc, e.ordinality limit 1) as phone,
       r.active, r.source, coalesce(r.role, scim.effective_role(r.tenant, r.id, r.role)) as role, coalesce(r.flags, '{}') as flags,
       r.external_id, r.created, r.last_modified
  from scim.resource r
 where r.type = 'User' and r.deleted_at is null and coalesce(r.tenant = current_setting('scim.tenant', true), false);

-- Memberships, including those by nested groups (`direct` is false). It goes upwards from each account, so read it by `user_id`.
create view scim_app.memberships with (security_barrier) as
select m.tenant, m.group_id, g.doc ->> 'displayName' as group_name, m.member_id as user_id, true as direct, m.added
  from scim.membership m
  join scim.resource g on g.tenant = m.tenant and g.id = m.group_id and g.deleted_at is null
 where m.member_type = 'User' and coalesce(m.tenant = current_setting('scim.tenant', true), false)
 union all
select a.tenant, a.group_id, (select g.doc ->> 'displayName' from scim.resource g where g.tenant = a.tenant and g.id = a.group_id), a.user_id, false,
       a.added
  from (select m.tenant, n.group_id, m.member_id as user_id, min(m.added) as added
          from scim.tenant t
          join scim.membership m on m.tenant = t.tenant and m.member_type = 'User'
         cross join lateral scim.groups_above(m.tenant, m.group_id) n
         where t.nests and coalesce(t.tenant = current_setting('scim.tenant', true), false)
           and not exists (select from scim.membership d where d.tenant = m.tenant and d.group_id = n.group_id and d.member_id = m.member_id)
         group by m.tenant, n.group_id, m.member_id) a;

create view scim_app.effective_access with (security_barrier) as
select a.tenant, a.user_id, a.kind, a.id, a.name, a.since, a.seated, a.sources
  from scim.access a
 where coalesce(a.tenant = current_setting('scim.tenant', true), false);

-- The columns of scim_app.facts that are not in the account's row. In plpgsql, so that it is planned only once for each connection.
create function scim.facts_of(of_tenant text, of_user uuid, out roles text[], out entitlements text[], out groups text[])
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
as $$
begin
    select coalesce(array_agg(e.name order by e.name) filter (where e.kind = 'role'), '{}'),
           coalesce(array_agg(e.name order by e.name) filter (where e.kind = 'subscription' and e.seated), '{}')
      into roles, entitlements
      from scim.access e
     where e.tenant = of_tenant and e.user_id = of_user;
    select coalesce(array_agg(g.group_name order by g.group_name), '{}') into groups
      from scim_app.memberships g
     where g.tenant = of_tenant and g.user_id = of_user;
end
$$;
revoke execute on function scim.facts_of from public;
grant execute on function scim.facts_of to scim_app, scim_web, scim_manage;

-- The groups of an account and those that contain these, each with the time of joining and the time since which it contains the account. httpd's
-- statements use it in tenants with nested groups. It processes all groups together, because an account may be in thousands.
create function scim.groups_of(of_tenant text, of_user uuid) returns table (group_id uuid, added timestamptz, since timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off rows 10 cost 1000
as $$
begin
    return query
    with recursive up (id, joined, since) as (
            select m.group_id, m.added, m.added
              from scim.membership m
             where m.tenant = of_tenant and m.member_id = of_user and coalesce(current_setting('scim.tenant', true) in (of_tenant, '*'), false)
             union
            select e.group_id, up.joined, greatest(up.since, e.added)
              from up
             cross join lateral (
                    select e.group_id, e.added
                      from scim.membership e
                     where e.tenant = of_tenant and e.member_id = up.id
                       and (select u.deleted_at is null from scim.resource u where u.tenant = of_tenant and u.id = up.id)
                    offset 0) e)
    select up.id, up.joined, up.since from up;
end
$$;
revoke execute on function scim.groups_of from public;
grant execute on function scim.groups_of to scim_web, scim_manage;

-- Everything that decides what an account may do, in one row. Read it by `where user_name_key = scim_app.fold(...)`.
create view scim_app.facts with (security_barrier) as
select r.tenant, r.id, r.doc ->> 'userName' as user_name, r.user_name_key, r.active,
       coalesce(r.role, scim.effective_role(r.tenant, r.id, r.role)) as role, f.roles, f.entitlements, f.groups,
       coalesce(r.flags, '{}') as flags
  from scim.resource r
 cross join lateral scim.facts_of(r.tenant, r.id) f
 where r.type = 'User' and r.deleted_at is null and coalesce(r.tenant = current_setting('scim.tenant', true), false);

-- Folds a name for comparison.
create function scim_app.fold(value text) returns text
    language sql immutable parallel safe
    return scim.fold(value);

-- Functions in the views run with the owner's rights. Applications cannot call them, because they may not use the schema scim.
grant select on all tables in schema scim_app to scim_app, scim_web, scim_manage;

-- Restores the privileges that other roles had before the objects were replaced (sql/drop-code.sql), if the objects still exist.
do $$
declare
    command text;
begin
    foreach command in array string_to_array(coalesce(current_setting('scim.regrant', true), ''), ';') loop
        begin
            execute command;
        exception
            when undefined_table or undefined_function then
                raise warning 'not granted again: %', command;
        end;
    end loop;
end
$$;
