-- Functions that the other files share: refusals, texts and times in answers, versions, pages of lists.

-- --- refusals --------------------------------------------------------------------------------------------------------

-- Ends the transaction with an error code of the store's table (SCnnn).
create function scim.refuse(code text, message text) returns boolean
    language plpgsql volatile
as $$
begin
    raise exception using errcode = code, message = message;
end
$$;

-- Refuses an administrator's operation. `field` is the wrong argument; null: none.
create function scim.fail(code text, field text, message text) returns text
    language plpgsql
as $$
begin
    raise exception using errcode = code, message = message, column = coalesce(field, '');
end
$$;

-- --- version numbers of caches ----------------------------------------------------------------------------------------

-- The next version number of data that httpd caches (scim.token.rules, scim.tenant.grounds). It follows the time, so that a database that
-- has lost transactions, such as a promoted standby, never uses the number of another state again.
create function scim.raised(number bigint) returns bigint
    language sql stable parallel safe
    return greatest(number + 1, floor(extract(epoch from now()) * 1000000)::bigint);

-- --- text, times, ids and versions ---------------------------------------------------------------------------------------------

-- A time in the format of JSON answers.
create function scim.time_text(at timestamptz) returns text
    language sql stable parallel safe
    return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

-- Converts a column's name to that of a JSON member: display_name to displayName.
create function scim.camel(name text) returns text
    language sql immutable parallel safe
    return lower(left(name, 1)) || substr(replace(initcap(replace(name, '_', ' ')), ' ', ''), 2);

-- Removes accents, because many people type names without them.
create function scim.plain(value text) returns text
    language sql immutable parallel safe
    return case
        when octet_length(value) = length(value) then value
        else translate(regexp_replace(normalize(value, nfd), U&'[\0300-\036f]', '', 'g'), U&'\0142\00f8\0111\0131', 'lodi')
    end;

-- Text for searching without case and accents. Most text is ASCII, for which lower() is sufficient and faster.
create function scim.low(value text) returns text
    language sql immutable parallel safe
    return case when octet_length(value) = length(value) then lower(value collate "C") collate "default" else scim.plain(scim.fold(value)) end;

-- Whether one of the texts contains `q`; always true if `q` is null. PostgreSQL inlines it, unless it or an argument has a subquery.
create function scim.has(q text, variadic texts text[]) returns boolean
    language sql stable parallel safe
    return q is null or position(scim.low(q) in scim.low(array_to_string(texts, E'\x01'))) > 0;

-- Converts a text to an id; null: it is not one.
create function scim.as_id(value text) returns uuid
    language sql immutable parallel safe
    return case when value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then value::uuid end;

-- The hour of a time. An index on the hour changes at most once an hour for a resource. An index on the time itself would change with each
-- update, and then PostgreSQL would have to update all other indexes, too.
create function scim.hour(at timestamptz) returns timestamptz
    language sql immutable parallel safe
    return date_bin('1 hour', at, timestamptz '2000-01-01 00:00:00+00');

-- When an id was made, and the first id of a moment: ids are in the order of their creation.
create function scim.id_time(id uuid) returns timestamptz
    language sql immutable parallel safe
    return to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0);

create function scim.first_id(at timestamptz) returns uuid
    language sql immutable parallel safe
    return rpad(lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0'), 32, '0')::uuid;

-- The version of a representation, for the ETag.
create function scim.etag(representation jsonb) returns text
    language sql immutable parallel safe
    return left(encode(sha256(convert_to(representation::text, 'UTF8')), 'hex'), 32);

-- --- pages of lists --------------------------------------------------------------------------------------------------

-- The maximum of rows on a page.
create function scim.most(args jsonb) returns int
    language sql immutable parallel safe
    return coalesce((args ->> 'limit')::int, 50);

-- The answer of a list, from pairs [`after` of the page that begins behind the item, item]. There is one pair more than the page shows if
-- another page follows. If there is none more, the next page begins behind `looked`, the end of the rows that were searched; null: there is none.
create function scim.paged(pairs jsonb, most int, looked text default null) returns jsonb
    language sql immutable parallel safe
    return jsonb_build_object(
        'items', coalesce((select jsonb_agg(p.value -> 1 order by p.ordinality)
                             from jsonb_array_elements(pairs) with ordinality p where p.ordinality <= most), '[]'),
        'next', case when jsonb_array_length(pairs) > most then pairs -> (most - 1) -> 0 else to_jsonb(looked) end);

