-- Users: what administrators see of them.

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
