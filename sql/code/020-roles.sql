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
