-- The roles of a tenant, which /Roles shows, as resources of the type Role that clients cannot change.
--
-- Each tenant has the built-in ones, from the moment it is made (scim.admin_tenant_add). A tenant's own come by scim.add_role, too.

-- `place` keeps roles that are made together in order: ids are ordered by their milliseconds. One document has both
-- shapes, the IETF draft's and Okta's: each resource type shows the attributes of its own schema.
create function scim.add_role(of_tenant text, value text, display text, type text, place int) returns uuid
    language plpgsql
as $$
begin
    return (scim.make_resource(scim.new_resource(
        of_tenant, scim.new_id(clock_timestamp() + place * interval '1 ms'), 'Role', 'scim',
        jsonb_build_object(
            'schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:Role',
                                         'urn:okta:scim:schemas:core:1.0:Role'),
            'value', value, 'display', display, 'displayName', display, 'type', type,
            'supported', true, 'limitedAssignmentsPermitted', false)))).id;
end
$$;
revoke execute on function scim.add_role from public;
grant execute on function scim.add_role to scim_manage;

create function scim.add_built_in_roles(of_tenant text) returns void
    language plpgsql
as $$
begin
    perform scim.add_role(of_tenant, r.value, r.display, 'built-in', r.place::int)
       from rows from (unnest(array['administrator', 'office-admin', 'user', 'read-only', 'summary-only'],
                              array['Administrator', 'Office administrator', 'User', 'Read only', 'Summary only']))
            with ordinality r (value, display, place);
end
$$;
revoke execute on function scim.add_built_in_roles from public;
grant execute on function scim.add_built_in_roles to scim_manage;

-- The value of the tenant's role that is called so, whatever the case, by its value, its id or its display name; null where there
-- is none.
create function scim.find_role(of_tenant text, name text) returns text
    language sql stable
    begin atomic
        select r.doc ->> 'value'
          from scim.resource r
         where r.tenant = of_tenant and r.type = 'Role' and r.wire
           and (scim.fold(r.doc ->> 'value') = scim.fold(name) or r.id::text = lower(name)
                or scim.fold(r.doc ->> 'display') = scim.fold(name))
         order by scim.fold(r.doc ->> 'value') = scim.fold(name) desc, r.id
         limit 1;
    end;

-- --- what administrators do ------------------------------------------------------------------------------------------

create function scim.role_json(r scim.resource) returns jsonb
    language sql stable
as $$
    select jsonb_build_object('role', r.doc ->> 'value', 'displayName', r.doc ->> 'display', 'builtIn', r.doc ->> 'type' = 'built-in',
                              'created', scim.time_text(r.created), 'id', r.id)
$$;

-- The role that is called so, or a refusal.
create function scim.the_role(of_tenant text, name text) returns scim.resource
    language plpgsql stable
as $$
declare
    r scim.resource;
begin
    select x.* into r
      from scim.resource x
     where x.tenant = of_tenant and x.type = 'Role' and x.wire and x.doc ->> 'value' = scim.find_role(of_tenant, name);
    if not found then
        perform scim.fail('SC404', 'role', format('There is no role "%s"; make it first, or correct the name.', name));
    end if;
    return r;
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

-- A role, which stays until this is committed; null where there is none any more.
create function scim.keep_role(of_tenant text, of_role text) returns text
    language plpgsql
as $$
begin
    perform from scim.resource r where r.tenant = of_tenant and r.type = 'Role' and r.wire and r.doc ->> 'value' = of_role for key share;
    return case when found then of_role end;
end
$$;

-- The value of the role that an administrator names, which stays until this is committed.
create function scim.role_named(of_tenant text, name text) returns text
    language plpgsql
as $$
declare
    found_role text := scim.keep_role(of_tenant, scim.find_role(of_tenant, name));
begin
    if name is not null and found_role is null then
        perform scim.fail('SC400', 'role', format('Role not found: %s', name));
    end if;
    return found_role;
end
$$;

create function scim.admin_role_add(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
begin
    if scim.find_role(of_tenant, args ->> 'role') is not null then
        perform scim.fail('SC409', 'role', format('There is a role "%s" already.', scim.find_role(of_tenant, args ->> 'role')));
    end if;
    perform scim.add_role(of_tenant, args ->> 'role', coalesce(args ->> 'displayName', args ->> 'role'), 'custom', 0);
    perform scim.raise_rules(of_tenant);
    return scim.role_json(scim.the_role(of_tenant, args ->> 'role'));
end
$$;

create function scim.admin_role_set(of_tenant text, args jsonb) returns jsonb
    language plpgsql
as $$
declare
    was scim.resource := scim.hold_role(of_tenant, args ->> 'role');
    r   scim.resource := was;
begin
    r.doc := r.doc || jsonb_build_object('display', args ->> 'displayName', 'displayName', args ->> 'displayName');
    r := scim.change_resource(was, r);
    perform scim.raise_rules(of_tenant);
    return scim.role_json(r);
end
$$;

create function scim.without_role(was scim.resource) returns void
    language plpgsql
as $$
declare
    r scim.resource := was;
begin
    r.role := null;
    perform scim.change_resource(was, r, false);
end
$$;

-- Who is deleted keeps no role and no flag from going, and does not come back with one that is there no more.
create function scim.admin_role_remove(of_tenant text, args jsonb) returns void
    language plpgsql
as $$
declare
    r    scim.resource := scim.hold_role(of_tenant, args ->> 'role');
    once scim.resource;
    gone scim.resource := r;
begin
    if r.doc ->> 'type' = 'built-in' then
        perform scim.fail('SC409', 'role', format('The role "%s" is built in and stays.', r.doc ->> 'value'));
    end if;
    if exists (select from scim.tenant t where t.tenant = of_tenant and t.default_role = r.doc ->> 'value') then
        perform scim.fail('SC409', 'role', format('The role "%s" is the tenant''s default; choose another default first.', r.doc ->> 'value'));
    end if;
    if exists (select from scim.tenant t where t.tenant = of_tenant and r.doc ->> 'value' = any (t.reserved_roles)) then
        perform scim.fail('SC409', 'role', format('The role "%s" is reserved (reservedRoles); take it from that list first.', r.doc ->> 'value'));
    end if;
    if exists (select from scim.resource u where u.tenant = of_tenant and u.role = r.doc ->> 'value' and u.deleted_at is null) then
        perform scim.fail('SC409', 'role', format('The role "%s" is in use; give its users another role first.', r.doc ->> 'value'));
    end if;
    perform scim.must_not_be_mapped(r);
    perform scim.must_be_no_template_role(r);
    for once in select x.* from scim.resource x
                 where x.tenant = of_tenant and x.role = r.doc ->> 'value' and x.deleted_at is not null order by x.id for no key update loop
        perform scim.without_role(once);
    end loop;
    gone.deleted_at := now();
    perform scim.change_resource(r, gone);
    perform scim.raise_rules(of_tenant);
end
$$;
