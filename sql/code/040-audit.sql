-- The audit log: append-only, in the transaction of the change.
--
-- What clients and administrators change is told by entries that are made in C (mod_scim/rules/entry.h, noun.h) and written by statements.

-- --- members of groups -----------------------------------------------------------------------------------------------

-- How many people are in these groups and in the groups in them.
create function scim.people_in(of_tenant text, group_ids uuid[]) returns int
    language plpgsql stable
as $$
begin
    return (with recursive down (group_id) as (
                select g.id from unnest(group_ids) g (id)
                 union
                select m.member_id
                  from down d
                  join scim.membership m on m.tenant = of_tenant and m.group_id = d.group_id and m.member_type = 'Group')
            select count(distinct m.member_id)
              from down d
              join scim.membership m on m.tenant = of_tenant and m.group_id = d.group_id and m.member_type = 'User');
end
$$;

-- What a group is called.
create function scim.group_name(of_tenant text, group_id uuid) returns text
    language plpgsql stable
as $$
begin
    return (select r.doc ->> 'displayName' from scim.resource r where r.tenant = of_tenant and r.id = group_id);
end
$$;

-- The ids of 500 members of a group after one, in their order. By its index, whatever the statistics say of groups: this forbids to sort
-- all members of a large one for each 500 of them.
create function scim.member_ids(of_tenant text, of_group uuid, after uuid) returns uuid[]
    language plpgsql stable set enable_sort = off
as $$
begin
    return array(select m.member_id
                   from scim.membership m
                  where m.tenant = of_tenant and m.group_id = of_group and m.member_id > after
                  order by m.member_id limit 500);
end
$$;

-- The first protected user who is in one of these groups, or in a group in them; null where there is none. From the users up: there
-- are few of them, and groups may be large.
create function scim.protected_in(of_tenant text, group_ids uuid[]) returns text
    language plpgsql stable
as $$
begin
    return (with recursive up (user_id, group_id) as (
                select p.id, m.group_id
                  from scim.resource p
                  join scim.membership m on m.tenant = of_tenant and m.member_id = p.id
                 where p.tenant = of_tenant and p.protected is not null and p.deleted_at is null
                 union
                select u.user_id, m.group_id
                  from up u
                  join scim.membership m on m.tenant = of_tenant and m.member_id = u.group_id)
            select r.doc ->> 'userName'
              from up u
              join scim.resource r on r.tenant = of_tenant and r.id = u.user_id
             where u.group_id = any (group_ids)
             order by u.user_id
             limit 1);
end
$$;

-- Refuses that provisioning takes one of these out of a group, who is protected, or in which somebody is who is.
create function scim.keep_members(ids uuid[]) returns void
    language plpgsql
as $$
declare
    protected text;
begin
    select p.doc ->> 'userName' into protected
      from scim.resource p
     where p.tenant = current_setting('scim.tenant') and p.protected is not null and p.deleted_at is null and p.id = any (ids)
     order by p.id
     limit 1;
    if found then
        perform scim.refuse('SC403', format('members: the user "%s" is protected. Provisioning may not take it out of a group; an administrator can.',
            protected));
    end if;
    protected := scim.protected_in(current_setting('scim.tenant'), ids);
    if protected is not null then
        perform scim.refuse('SC403', format('members: the user "%s", who is in a group in this one, is protected. Provisioning may not take '
            'it out of a group; an administrator can.', protected));
    end if;
end
$$;
