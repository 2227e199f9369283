-- Users: what administrators see of them, and how they are found.

-- --- what a user looks like ------------------------------------------------------------------------------------------

-- Where in a list such as emails the account's entry is: the primary one, else the first, of those that have a value.
create function scim.chosen_place(entries jsonb) returns int
    language sql immutable parallel safe
    return (select (e.ordinality - 1)::int
              from jsonb_array_elements(case jsonb_typeof(entries) when 'array' then entries end) with ordinality e
             order by coalesce(btrim(e.value ->> 'value'), '') = '', (e.value ->> 'primary') is not distinct from 'true' desc, e.ordinality
             limit 1);

create function scim.chosen(entries jsonb) returns jsonb
    language sql immutable parallel safe
    return entries -> scim.chosen_place(entries);

-- The account's e-mail address, which is its login where the tenant says so.
create function scim.account_email(doc jsonb) returns text
    language sql immutable parallel safe
    return nullif(btrim(scim.chosen(doc -> 'emails') ->> 'value'), '');

-- The account that is called so: by its id, or by its userName; of deleted ones of that userName the last.
create function scim.find_user(of_tenant text, name text) returns uuid
    language plpgsql stable
as $$
declare
    found_id uuid;
begin
    select r.id into found_id from scim.resource r where r.tenant = of_tenant and r.id = scim.as_id(name) and r.type = 'User';
    if found_id is null then
        select r.id into found_id from scim.resource r where r.tenant = of_tenant and r.user_name_key = scim.fold(name);
    end if;
    if found_id is null then
        select r.id into found_id
          from scim.resource r
         where r.tenant = of_tenant and r.former_name_key = scim.fold(name) and r.former_name_key is not null
         order by r.id desc
         limit 1;
    end if;
    if found_id is null then
        perform scim.fail('SC404', 'user', format('There is no user "%s"; make it first, or correct the name.', name));
    end if;
    return found_id;
end
$$;

-- --- lists -----------------------------------------------------------------------------------------------------------

-- Users whose userName, displayName, given or family name, or e-mail address starts so, or whose id or externalId this is: so many of them
-- at the most, some perhaps twice.
create function scim.search_users(of_tenant text, q text, most int default 1000) returns uuid[]
    language plpgsql stable
as $$
declare
    low  text := left(scim.fold(q), 256);
    -- Nothing that starts so is beyond it: the last character of all.
    high text := low || U&'\+10FFFF';
begin
    return array(
        select x.id
          from ((select r.id from scim.resource r where r.tenant = of_tenant and r.user_name_key >= low and r.user_name_key < high)
                 union all
                (select r.id from scim.resource r where r.tenant = of_tenant and r.former_name_key >= low and r.former_name_key < high)
                 union all
                (select r.id from scim.resource r
                  where r.tenant = of_tenant and r.display_name_key >= low and r.display_name_key < high and r.type = 'User')
                 union all
                (select r.id from scim.resource r where r.tenant = of_tenant and r.family_name_key >= low and r.family_name_key < high)
                 union all
                (select r.id from scim.resource r where r.tenant = of_tenant and r.given_name_key >= low and r.given_name_key < high)
                 union all
                (select l.resource_id from scim.lookup l
                  where l.tenant = of_tenant and l.attribute = scim.email_attribute() and l.key >= low and l.key < high)
                 union all
                (select r.id from scim.resource r where r.tenant = of_tenant and r.external_id = q and r.type = 'User')
                 union all
                select r.id from scim.resource r where r.tenant = of_tenant and r.id = scim.as_id(q)) x
         limit most);
end
$$;

-- scim.lookup's number for e-mail addresses.
create function scim.email_attribute() returns int
    language plpgsql stable parallel safe
as $$
begin
    return (select i.id from scim.indexed i
             where i.type = 'User' and i.schema is null and i.attribute = 'emails' and i.sub = 'value' and i.multi_valued and i.fold);
end
$$;
