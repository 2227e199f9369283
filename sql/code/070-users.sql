-- Users, as administrators see them.

-- --- values of a user ------------------------------------------------------------------------------------------------

-- The index of the entry that the account uses from a list such as emails: of those with a value the primary one, else the first.
create function scim.chosen_place(entries jsonb) returns int
    language sql immutable parallel safe
    return (select (e.ordinality - 1)::int
              from jsonb_array_elements(case jsonb_typeof(entries) when 'array' then entries end) with ordinality e
             order by coalesce(btrim(e.value ->> 'value'), '') = '', (e.value ->> 'primary') is not distinct from 'true' desc, e.ordinality
             limit 1);

create function scim.chosen(entries jsonb) returns jsonb
    language sql immutable parallel safe
    return entries -> scim.chosen_place(entries);

-- The account's e-mail address, with which people log in if the tenant has chosen that.
create function scim.account_email(doc jsonb) returns text
    language sql immutable parallel safe
    return nullif(btrim(scim.chosen(doc -> 'emails') ->> 'value'), '');
