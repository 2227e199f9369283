-- What PostgreSQL is to think of the tables, so that each statement takes the index that is meant for it.
--
-- A statement is planned for no tenant in particular, and what is said of one is divided by the number of tenants. A thousand small ones
-- make the tenant itself look like a handful of rows, for which any index that begins with it is as good as the right one, and sorting
-- as good as an index in order; then the large tenant among them is read whole for every name that is looked up. So there are ten
-- tenants, whatever ANALYZE finds: enough that nobody who asks for one would read the table instead, and so few that the rest of a key
-- is never thought to be worth nothing. In the same way there are ten groups, so that a member is looked for in one by the whole key;
-- ten subscriptions, so that what an account has is found by its groups and not by all that give it; and three types, not a share of
-- the rows that once were there. What names somebody in one tenant is taken to name nobody else, though
-- many tenants have a group of everybody.
--
-- And statistics for a database that is new. PostgreSQL plans a statement of a connection once, and without statistics it takes all
-- indexes that begin with the tenant for equally good: the first synchronisation would read the whole tenant for each user, until the
-- first ANALYZE. So a small organisation is put in, looked at and taken out; the statistics stay until there are better ones.

set local role scim_owner;

do $$
declare
    name text;
begin
    for name in select c.relname
                  from pg_class c
                  join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
                 where c.relnamespace = 'scim'::regnamespace and c.relkind = 'r' and not c.relispartition and c.relname <> 'tenant' loop
        execute format('alter table scim.%I alter column tenant set (n_distinct = 10)', name);
    end loop;
end
$$;
alter table scim.resource
    alter column type set (n_distinct = 3),
    alter column external_id set (n_distinct = -1),
    alter column user_name_key set (n_distinct = -1),
    alter column group_name_key set (n_distinct = -1),
    alter column display_name_key set (n_distinct = -1),
    alter column former_name_key set (n_distinct = -1),
    alter column formatted_name_key set (n_distinct = -1),
    alter column employee_number_key set (n_distinct = -1);
alter table scim.membership alter column group_id set (n_distinct = 10);
alter table scim.mapping alter column subscription_id set (n_distinct = 10);

do $$
begin
    if exists (select from scim.resource r where r.type in ('User', 'Group')) then
        analyze scim.resource;
        analyze scim.membership;
        analyze scim.lookup;
        analyze scim.audit;
        analyze scim.tally;
        return;
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
