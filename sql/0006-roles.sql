-- The roles of a tenant, which /Roles shows, as resources of the type Role that clients cannot change.
--
-- Each tenant has the built-in ones, from the moment it is made. A tenant's own come by scim.add_role, too.

set local role scim_owner;

-- An id as the module makes them: a UUID of version 7, made of a time.
create function scim.new_id(at timestamptz) returns uuid
    language sql volatile
    return encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
               placing substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;

-- `place` keeps roles that are made together in order: ids are ordered by their milliseconds. One document has both
-- shapes, the IETF draft's and Okta's: each resource type shows the attributes of its own schema.
create function scim.add_role(of_tenant text, value text, display text, type text, place int) returns uuid
    language sql volatile
    begin atomic
        insert into scim.resource (tenant, id, type, doc)
        values (of_tenant, scim.new_id(clock_timestamp() + place * interval '1 ms'), 'Role',
                jsonb_build_object(
                    'schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:Role',
                                                 'urn:okta:scim:schemas:core:1.0:Role'),
                    'value', value, 'display', display, 'displayName', display, 'type', type,
                    'supported', true, 'limitedAssignmentsPermitted', false))
        returning id;
    end;

create function scim.add_built_in_roles(of_tenant text) returns void
    language sql volatile
    begin atomic
        select scim.add_role(of_tenant, r.value, r.display, 'built-in', r.place::int)
          from rows from (unnest(array['administrator', 'office-admin', 'user', 'read-only', 'summary-only'],
                                 array['Administrator', 'Office administrator', 'User', 'Read only', 'Summary only']))
               with ordinality r (value, display, place);
    end;

-- With the owner's rights: whoever makes a tenant need not be allowed to make its roles.
create function scim.make_roles() returns trigger
    language plpgsql security definer set search_path = pg_catalog
as $$
begin
    perform scim.add_built_in_roles(new.tenant);
    return null;
end
$$;

create trigger make_roles after insert on scim.tenant
    for each row execute function scim.make_roles();

select scim.add_built_in_roles(t.tenant) from scim.tenant t;

revoke execute on function scim.add_role, scim.add_built_in_roles, scim.new_id from public;

reset role;
