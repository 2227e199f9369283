-- Statistics for a database that is new. PostgreSQL plans a statement of a connection once, and without statistics it takes all
-- indexes that begin with the tenant for equally good: the first synchronisation would read the whole tenant for each user, until the
-- first ANALYZE. So a small organisation is put in, looked at and taken out; the statistics stay until there are better ones.

set local role scim_owner;

do $$
begin
    if exists (select from scim.resource r where r.type in ('User', 'Group')) then
        return; -- which ANALYZE knows already
    end if;
    -- As rows are, and not as changes are.
    alter table scim.resource disable trigger user;
    alter table scim.membership disable trigger user;
    insert into scim.resource (tenant, id, type, doc, deleted_at, wire, source, external_id, user_name_key, group_name_key, display_name_key,
                               former_name_key, modified_hour, family_name_key, given_name_key)
    select '-', gen_random_uuid(), case when n % 20 = 0 then 'Group' else 'User' end, jsonb_build_object('userName', 'sample' || n), gone,
           gone is null and n % 50 <> 1, case when n % 50 = 1 then 'local' else 'scim' end, 'external' || n,
           case when n % 20 <> 0 and gone is null then 'sample' || n end, case when n % 20 = 0 and gone is null then 'group' || n end, 'name' || n,
           case when n % 20 <> 0 and gone is not null then 'sample' || n end, scim.hour(now() - n * interval '1 hour'), 'family' || n, 'given' || n % 100
      from generate_series(1, 2000) n
     cross join lateral (select case when n % 10 = 3 then now() end as gone) g;
    insert into scim.membership (tenant, group_id, member_id, member_type)
    select g.tenant, g.id, u.id, 'User'
      from (select r.tenant, r.id, row_number() over () as n from scim.resource r where r.tenant = '-' and r.type = 'Group') g
      join (select r.id, row_number() over () as n from scim.resource r where r.tenant = '-' and r.type = 'User') u on u.n % 100 in (g.n, g.n - 1);
    insert into scim.lookup (tenant, attribute, key, resource_id)
    select r.tenant, 1 + a, r.user_name_key, r.id from scim.resource r, generate_series(0, 1) a where r.tenant = '-' and r.user_name_key is not null;
    insert into scim.audit (tenant, action, object_type, object_id, weight)
    select r.tenant, 'create', r.type, r.id::text, (r.type = 'Group')::int from scim.resource r where r.tenant = '-';
    insert into scim.tally (tenant, type, n) select '-', 'User', 1 from generate_series(1, 100);
    analyze scim.resource;
    analyze scim.membership;
    analyze scim.lookup;
    analyze scim.audit;
    analyze scim.tally;
    delete from scim.tally where tenant = '-';
    delete from scim.audit where tenant = '-';
    delete from scim.lookup where tenant = '-';
    delete from scim.membership where tenant = '-';
    delete from scim.resource where tenant = '-';
    alter table scim.membership enable trigger user;
    alter table scim.resource enable trigger user;
end
$$;

reset role;
