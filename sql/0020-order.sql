-- Lists of users and groups in both directions, each by an index that has them in that order.

set local role scim_owner;

-- The direction that a list's arguments ask for, and how what follows a place compares with it then.
create function scim.direction(args jsonb) returns text
    language sql immutable
    return case args ->> 'order' when 'descending' then 'desc' else 'asc' end;

create function scim.beyond(args jsonb) returns text
    language sql immutable
    return case args ->> 'order' when 'descending' then '<' else '>' end;

-- The text of a query for the first rows of scim.resource, called r, of which any of these conditions is true; no row may fit two of
-- them. Each condition is that of an index which has the order, so that what they find is merged and not sorted.
create function scim.first_rows(conditions text[], by_keys text, most int) returns text
    language sql immutable
    return (select format('select r.* from (%s) r order by %s limit %s',
                          string_agg(format('(select r.* from scim.resource r where %s order by %s limit %s)', c, by_keys, most), ' union all '),
                          by_keys, most)
              from unnest(conditions) c);

-- As it was, but in both directions. A key that is null, as that of a group or a deleted user, would come first when the order is
-- descending. All users by age are those on the wire and those that are not: the index that has both has the groups in between, and
-- where it looks as cheap, a page could begin with thousands of these. So the type is part of the order, and given as a range: an order
-- by what equals a constant is none.
create or replace function scim.admin_user_list(of_tenant text, args jsonb) returns jsonb
    language plpgsql stable
as $$
declare
    by_age     boolean := args ->> 'sort' is not distinct from 'created';
    whole      boolean := by_age and args ->> 'state' is distinct from 'deleted'
                              and not args ?| array ['q', 'source', 'role', 'flag', 'protected'];
    by_former  boolean := not by_age and args ->> 'state' is not distinct from 'deleted';
    wanted     text := scim.find_role(of_tenant, args ->> 'role');
    most       int := scim.most(args);
    after      scim.resource;
    condition  text;
    conditions text[];
    pairs      jsonb;
begin
    if args ? 'role' then
        if wanted is null then
            perform scim.fail('SC400', 'role', format('Role not found: %s', args ->> 'role'));
        end if;
        args := args || jsonb_build_object('role', wanted, 'roleDefault',
            exists (select from scim.tenant t where t.tenant = of_tenant and t.default_role = wanted));
    end if;
    if args ? 'flag' then
        if not exists (select from scim.flag f where f.tenant = of_tenant and f.name_key = scim.fold(args ->> 'flag')) then
            perform scim.fail('SC400', 'flag', format('There is no flag "%s".', args ->> 'flag'));
        end if;
        args := args || jsonb_build_object('flag', (select f.name from scim.flag f
                                                     where f.tenant = of_tenant and f.name_key = scim.fold(args ->> 'flag')));
    end if;
    if args ? 'after' then
        select r.* into after from scim.resource r where r.tenant = of_tenant and r.id = (args ->> 'after')::uuid and r.type = 'User';
        if after.id is null then
            perform scim.fail('SC400', 'after', 'The user that the page before ended with is there no more; begin again with the first page.');
        end if;
    end if;
    condition := concat_ws(' and ', scim.user_condition(args),
        case when by_former then 'r.former_name_key is not null' when not by_age then 'r.user_name_key is not null' end,
        case when args ? 'after' then
            format(case when by_age then 'r.id %s $4' when by_former then '(r.former_name_key, r.id) %s ($5, $4)' else 'r.user_name_key %s $5' end,
                   scim.beyond(args))
        end);
    if whole then
        condition := replace(condition, 'r.type = ''User''', 'r.type >= ''User'' and r.type <= ''User''');
        conditions := array [condition || ' and r.wire', condition || ' and r.source <> ''scim'' and not r.wire'];
    else
        conditions := array [condition];
    end if;
    execute format('select coalesce(jsonb_agg(jsonb_build_array(x.id, x.shown) order by x.n), ''[]'')
                      from (select p.id, scim.user_row(p) as shown, row_number() over () as n from (%s) p) x',
                   scim.first_rows(conditions,
                                   format(case when whole then 'r.type %1$s, r.id %1$s' when by_age then 'r.id %1$s' when by_former then 'r.former_name_key %1$s, r.id %1$s'
                                               else 'r.user_name_key %1$s' end, scim.direction(args)), most + 1))
       into pairs
      using of_tenant, args, case when args ? 'q' then scim.search_users(of_tenant, args ->> 'q') end, after.id,
            scim.fold(after.doc ->> 'userName');
    return scim.paged(pairs, most);
end
$$;

-- The groups of a tenant: by name, or in the order in which they were made, as archived ones always are.
create function scim.admin_group_list(of_tenant text, args jsonb) returns jsonb
    language plpgsql stable set enable_sort = off
as $$
declare
    archived   boolean := coalesce((args ->> 'archived')::boolean, false);
    by_name    boolean := not archived and args ->> 'sort' is distinct from 'created';
    after      uuid := args ->> 'after';
    after_name text;
    most       int := scim.most(args);
    rest       text;
    conditions text[];
    pairs      jsonb;
begin
    if by_name and after is not null then
        select r.display_name_key into after_name from scim.resource r where r.tenant = of_tenant and r.id = after and r.type = 'Group';
        if after_name is null then
            perform scim.fail('SC400', 'after', 'The group that the page before ended with is there no more; begin again with the first page.');
        end if;
    end if;
    rest := concat_ws(' and ', '', case when by_name then 'r.type = ''Group''' else 'r.type >= ''Group'' and r.type <= ''Group''' end,
        case when args ? 'source' then 'r.source = $2 ->> ''source''' end,
        case when args ? 'q' then 'scim.has($2 ->> ''q'', r.doc ->> ''displayName'')' end,
        case when after is not null then format(case when by_name then 'r.group_name_key %s $4' else 'r.id %s $3' end, scim.beyond(args)) end);
    conditions := case
                      when archived then array ['r.deleted_at is not null']
                      when by_name then array ['r.group_name_key is not null']
                      else array ['r.wire', 'r.source <> ''scim'' and r.deleted_at is null and not r.wire']
                  end;
    execute format('select coalesce(jsonb_agg(jsonb_build_array(x.id, x.shown) order by x.n), ''[]'')
                      from (select p.id, scim.group_row(p) as shown, row_number() over () as n from (%s) p) x',
                   scim.first_rows(array(select format('r.tenant = $1 and %s%s', c, rest) from unnest(conditions) c),
                                   format(case when by_name then 'r.group_name_key %1$s' else 'r.type %1$s, r.id %1$s' end, scim.direction(args)), most + 1))
       into pairs
      using of_tenant, args, after, after_name;
    return scim.paged(pairs, most);
end
$$;
