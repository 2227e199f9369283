-- The roles of a tenant, which /Roles shows, as resources of the type Role that clients cannot change.
--
-- Each tenant has the built-in ones, from the moment it is made (sql/statements/admin_tenant_roles.sql).

-- The value of the tenant's role that is called so, whatever the case, by its value, its id or its display name; null where there
-- is none.
create function scim.find_role(of_tenant text, name text) returns text
    language plpgsql stable
as $$
begin
    return (
        select r.doc ->> 'value'
          from scim.resource r
         where r.tenant = of_tenant and r.type = 'Role' and r.wire
           and (scim.fold(r.doc ->> 'value') = scim.fold(name) or r.id::text = lower(name)
                or scim.fold(r.doc ->> 'display') = scim.fold(name))
         order by scim.fold(r.doc ->> 'value') = scim.fold(name) desc, r.id
         limit 1);
end
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
