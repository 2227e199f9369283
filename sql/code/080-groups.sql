-- Groups: nested groups, and groups for answers.
--
-- A group's name is unique in its tenant, for all sources. So the identity provider cannot use the name of a group that it does not see. An
-- administrator can rename that group.

-- --- groups in groups ------------------------------------------------------------------------------------------------

-- Whether groups are nested deeper than `most`, on the paths through a group and its new member. First the steps of each path are counted. In a
-- circle paths have no end; then all groups on these paths are counted instead. So no chain of different groups is longer than `most`.
create function scim.nests_deeper(of_tenant text, of_group uuid, member uuid, most int) returns boolean
    language plpgsql
as $$
declare
    depth int;
begin
    with recursive up (id, n) as (
            select of_group, 1
             union
            select m.group_id, up.n + 1
              from up
              join scim.membership m on m.tenant = of_tenant and m.member_id = up.id
             where up.n <= most),
        down (id, n) as (
            select member, 1
             union
            select m.member_id, down.n + 1
              from down
              join scim.membership m on m.tenant = of_tenant and m.group_id = down.id and m.member_type = 'Group'
             where down.n <= most)
    select (select max(up.n) from up) + (select max(down.n) from down) into depth;
    if depth <= most then
        return false;
    end if;
    with recursive up (id) as (
            select of_group
             union
            select m.group_id from up join scim.membership m on m.tenant = of_tenant and m.member_id = up.id),
        down (id) as (
            select member
             union
            select m.member_id
              from down
              join scim.membership m on m.tenant = of_tenant and m.group_id = down.id and m.member_type = 'Group')
    select count(*) into depth from (select up.id from up union select down.id from down) x;
    return depth > most;
end
$$;

-- Refuses new members of a group that are groups, if they are nested deeper than the tenant allows. An advisory lock allows only one transaction
-- at a time, because two would not see each other's new members.
create function scim.keep_nesting(of_tenant text, of_group uuid, members uuid[]) returns void
    language plpgsql
as $$
declare
    most   int;
    member uuid;
begin
    update scim.tenant n set nests = true where n.tenant = of_tenant and not n.nests;
    if found then
        update scim.token k set tenant_nests = true, rules = scim.raised(k.rules) where k.tenant = of_tenant;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('scim.nesting ' || of_tenant, 0));
    select n.group_depth into most from scim.tenant n where n.tenant = of_tenant;
    foreach member in array members loop
        if scim.nests_deeper(of_tenant, of_group, member, most) then
            perform scim.refuse('SC400', format('members: the group "%s" cannot be a member of "%s": groups would be nested deeper than %s, and '
                'this tenant does not allow that. Make its users members of "%2$s" themselves, or let an administrator raise groupDepth.',
                (select r.doc ->> 'displayName' from scim.resource r where r.tenant = of_tenant and r.id = member),
                (select r.doc ->> 'displayName' from scim.resource r where r.tenant = of_tenant and r.id = of_group), most));
        end if;
    end loop;
end
$$;
revoke execute on function scim.keep_nesting from public;
grant execute on function scim.keep_nesting to scim_web, scim_manage;

-- All groups of a user, including those that contain its groups, as the elements of the attribute `groups`. In plpgsql, so that it is planned
-- only once for each connection.
create function scim.all_groups(of_tenant text, of_user uuid) returns text[]
    language plpgsql stable
as $$
begin
    -- The aggregate sorts, because lists are planned with sorting disabled, and then PostgreSQL would scan an index of the whole tenant.
    return coalesce((with recursive up (group_id, direct) as (
                select m.group_id, true
                  from scim.membership m
                 where m.tenant = of_tenant and m.member_id = of_user
                 union
                select m.group_id, false
                  from up
                  join scim.resource g on g.tenant = of_tenant and g.id = up.group_id and g.wire
                  join scim.membership m on m.tenant = of_tenant and m.member_id = up.group_id)
            select array_agg(concat(case when not u.direct then 'i' end, g.id, g.doc ->> 'displayName') order by g.id)
              from (select group_id, bool_or(direct) as direct from up group by group_id) u
              join scim.resource g on g.tenant = of_tenant and g.id = u.group_id and g.wire), '{}');
end
$$;
