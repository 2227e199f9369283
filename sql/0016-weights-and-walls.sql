-- Whoever is in a group that is in a group counts with the guard; and changes of roles wait for each other.

set local role scim_owner;

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

create or replace function scim.audit_resource() returns trigger
    language plpgsql
as $$
declare
    r      scim.resource := case tg_op when 'DELETE' then old else new end;
    -- Whoever is erased leaves nothing but the fact.
    name   text := case when tg_op <> 'DELETE' then coalesce(r.doc ->> 'userName', r.doc ->> 'value', r.doc ->> 'displayName') end;
    action text := 'update';
    before jsonb;
    after  jsonb;
    weight int := 0;
    marked boolean;
begin
    if tg_op = 'INSERT' then
        action := 'create';
        after := new.doc;
    elsif tg_op = 'DELETE' then
        action := 'erase';
    else
        action := case
                      when new.deleted_at is not null and old.deleted_at is null then 'delete'
                      when new.deleted_at is null and old.deleted_at is not null then 'restore'
                      when new.source = 'local' and old.source = 'scim' then 'unlink'
                      when new.source = 'scim' and old.source = 'local' then 'adopt'
                      else 'update'
                  end;
        select jsonb_object_agg(k.key, old.doc -> k.key) filter (where old.doc ? k.key),
               jsonb_object_agg(k.key, new.doc -> k.key) filter (where new.doc ? k.key)
          into before, after
          from jsonb_object_keys(old.doc || new.doc) k (key)
         where old.doc -> k.key is distinct from new.doc -> k.key;
        if (old.source, old.role, old.flags, old.protected) is distinct from (new.source, new.role, new.flags, new.protected) then
            before := coalesce(before, '{}') || coalesce(scim.differing(scim.facts(old), scim.facts(new)), '{}');
            after := coalesce(after, '{}') || coalesce(scim.differing(scim.facts(new), scim.facts(old)), '{}');
        end if;
    end if;
    if r.type = 'User' and tg_op <> 'INSERT' and old.deleted_at is null and coalesce((old.doc ->> 'active')::boolean, true)
        and (action in ('delete', 'erase') or not coalesce((new.doc ->> 'active')::boolean, true))
    then
        weight := 1;
    elsif r.type = 'Group' and action in ('delete', 'erase') then
        weight := scim.people_in(r.tenant, array[r.id]);
    end if;
    insert into scim.audit as a (tenant, action, object_type, object_id, object_name, before, after, weight)
    values (r.tenant, action, r.type, r.id::text, name, before, after, weight)
    returning scim.mark(a.id, a.weight) into marked;
    return null;
end
$$;

create or replace function scim.audit_members() returns trigger
    language plpgsql
as $$
declare
    n       bigint;
    removed boolean := tg_op = 'DELETE';
    -- Those of a deleted resource, which weighs for itself.
    leaves  boolean := coalesce(current_setting('scim.leaves', true), '') <> '';
begin
    if leaves then
        perform set_config('scim.leaves', '', true);
    end if;
    if removed and current_setting('scim.actor_kind', true) is not distinct from 'token' and exists (
        select from scim.resource p
         where p.tenant = current_setting('scim.tenant', true) and p.protected is not null and p.deleted_at is null
           and p.id in (select m.member_id from changed m))
    then
        perform scim.refuse('SC403', format('members: the account "%s" is protected. Provisioning may not take it out of a group; an administrator can.',
            (select p.doc ->> 'userName'
               from scim.resource p
              where p.tenant = current_setting('scim.tenant', true) and p.protected is not null and p.deleted_at is null
                and p.id in (select m.member_id from changed m) order by p.id limit 1)));
    end if;
    -- The rows are counted so that all are written.
    with noted as (
        insert into scim.audit as a (tenant, action, object_type, object_id, object_name, before, after, weight)
        select m.tenant, case when removed then 'remove-members' else 'add-members' end, 'Group', m.group_id::text,
               (select r.doc ->> 'displayName' from scim.resource r where r.tenant = m.tenant and r.id = m.group_id),
               case when removed then jsonb_build_object('members', jsonb_agg(m.member_id order by m.member_id)) end,
               case when not removed then jsonb_build_object('members', jsonb_agg(m.member_id order by m.member_id)) end,
               case when removed and not leaves
                   then count(*) filter (where m.member_type = 'User')
                        + case when bool_or(m.member_type = 'Group')
                              then scim.people_in(m.tenant, array_agg(m.member_id) filter (where m.member_type = 'Group')) else 0 end
                   else 0 end
          from changed m
         group by m.tenant, m.group_id
        returning scim.mark(a.id, a.weight)
    )
    select count(*) into n from noted;
    return null;
end
$$;

-- The role that is called so, which nobody else changes from then on, in the version that the change is for.
create function scim.hold_role(of_tenant text, name text) returns scim.resource
    language plpgsql
as $$
declare
    r scim.resource := scim.the_role(of_tenant, name);
begin
    select x.* into r from scim.resource x where x.tenant = of_tenant and x.id = r.id and x.wire for update;
    if not found then
        perform scim.fail('SC404', 'role', format('There is no role "%s".', name));
    end if;
    perform scim.must_match(scim.role_json(r));
    return r;
end
$$;

create or replace function scim.admin_role_set(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    r scim.resource := scim.hold_role(of_tenant, args ->> 'role');
begin
    update scim.resource x
       set doc = x.doc || jsonb_build_object('display', args ->> 'displayName', 'displayName', args ->> 'displayName'),
           version = x.version + 1, last_modified = now()
     where x.tenant = of_tenant and x.id = r.id
    returning x.* into r;
    return scim.role_json(r);
end
$$;

create or replace function scim.admin_role_remove(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
declare
    r scim.resource := scim.hold_role(of_tenant, args ->> 'role');
begin
    if r.doc ->> 'type' = 'built-in' then
        perform scim.fail('SC409', 'role', format('The role "%s" is built in and stays.', r.doc ->> 'value'));
    end if;
    if exists (select from scim.tenant t where t.tenant = of_tenant and t.default_role = r.doc ->> 'value') then
        perform scim.fail('SC409', 'role', format('The role "%s" is the tenant''s default; choose another default first.', r.doc ->> 'value'));
    end if;
    if exists (select from scim.resource u where u.tenant = of_tenant and u.role = r.doc ->> 'value' and u.deleted_at is null) then
        perform scim.fail('SC409', 'role', format('The role "%s" is in use; give its users another role first.', r.doc ->> 'value'));
    end if;
    update scim.resource x set deleted_at = now(), version = x.version + 1, last_modified = now()
     where x.tenant = of_tenant and x.id = r.id;
end
$$;

-- The other views read it with their owner's rights; by itself it has no wall.
revoke select on scim.steered from scim_web, scim_manage;

reset role;
