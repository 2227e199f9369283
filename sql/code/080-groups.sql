-- Groups: what administrators see and do of them, those of the application, and groups in groups.
--
-- A group's name is unique in its tenant, whatever its source: groups that the identity provider does not see keep their names
-- from it too. An administrator can rename those.

-- --- groups in groups ------------------------------------------------------------------------------------------------

-- Whether groups stand in one another deeper than `most`, on the way through a group and a member of it. Each step of a way is
-- counted, so in a circle ways have no end: a circle is deep where it, with all groups that are above and below it, has more than
-- `most` groups. So no chain of different groups is longer than that.
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

-- Refuses that groups stand in a group, of which it has become a member, where the tenant does not allow so many in one another. One
-- transaction at a time: two at once would not see what the other adds.
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
            perform scim.refuse('SC400', format('members: the group "%s" cannot be a member of "%s": more than %s groups would stand in one another, and '
                'this tenant allows no more. Make its users members of "%2$s" themselves, or let an administrator raise groupDepth.',
                (select r.doc ->> 'displayName' from scim.resource r where r.tenant = of_tenant and r.id = member),
                (select r.doc ->> 'displayName' from scim.resource r where r.tenant = of_tenant and r.id = of_group), most));
        end if;
    end loop;
end
$$;
revoke execute on function scim.keep_nesting from public;
grant execute on function scim.keep_nesting to scim_web, scim_manage;

-- All groups of a user, those that contain its groups included, as the elements of the JSON list that `groups` is answered
-- with. In plpgsql for its plan, which is then made once for a connection.
create function scim.all_groups(of_tenant text, of_user uuid) returns text[]
    language plpgsql stable
as $$
begin
    -- Sorted within the aggregate: lists are planned with sorting forbidden, and the order of an index would be that of the tenant.
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
