-- What the other files share: refusals, texts and times of answers, versions, pages of lists.

-- --- refusals --------------------------------------------------------------------------------------------------------

-- Ends the transaction with a code that the store's table of errors knows (SCnnn).
create function scim.refuse(code text, message text) returns boolean
    language plpgsql volatile
as $$
begin
    raise exception using errcode = code, message = message;
end
$$;

-- Refuses an administrator's operation: `field` is the argument that is wrong, null where it is none.
create function scim.fail(code text, field text, message text) returns text
    language plpgsql
as $$
begin
    raise exception using errcode = code, message = message, column = coalesce(field, '');
end
$$;

-- --- numbers of what is remembered ------------------------------------------------------------------------------------

-- The next number of something that httpd remembers and compares (scim.token.rules, scim.tenant.grounds). By the time: a database that
-- went back, as a standby that had not heard all, never gives a number again that was another state's.
create function scim.raised(number bigint) returns bigint
    language sql stable parallel safe
    return greatest(number + 1, floor(extract(epoch from now()) * 1000000)::bigint);

-- --- text, times, ids and versions ---------------------------------------------------------------------------------------------

-- A time as JSON has it.
create function scim.time_text(at timestamptz) returns text
    language sql stable parallel safe
    return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

-- Names of columns and of JSON members: display_name and displayName.
create function scim.camel(name text) returns text
    language sql immutable parallel safe
    return lower(left(name, 1)) || substr(replace(initcap(replace(name, '_', ' ')), ' ', ''), 2);

-- Text without accents: what people type who have no such keys.
create function scim.plain(value text) returns text
    language sql immutable parallel safe
    return case
        when octet_length(value) = length(value) then value
        else translate(regexp_replace(normalize(value, nfd), U&'[\0300-\036f]', '', 'g'), U&'\0142\00f8\0111\0131', 'lodi')
    end;

-- Text as it is searched for and in, whatever the case and the accents. ASCII, as most is, takes the short way.
create function scim.low(value text) returns text
    language sql immutable parallel safe
    return case when octet_length(value) = length(value) then lower(value collate "C") collate "default" else scim.plain(scim.fold(value)) end;

-- Whether one of these texts has what is looked for in it; always where nothing is looked for. Inlined, which a subquery, here or in an argument, forbids.
create function scim.has(q text, variadic texts text[]) returns boolean
    language sql stable parallel safe
    return q is null or position(scim.low(q) in scim.low(array_to_string(texts, E'\x01'))) > 0;

-- The id that a text is; null where it is none.
create function scim.as_id(value text) returns uuid
    language sql immutable parallel safe
    return case when value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then value::uuid end;

-- The hour of a time. The index on it moves a resource once in an hour and not with each change, which would have to touch
-- all other indexes too.
create function scim.hour(at timestamptz) returns timestamptz
    language sql immutable parallel safe
    return date_bin('1 hour', at, timestamptz '2000-01-01 00:00:00+00');

-- The moment that an id was made at, and the first id of a moment: ids are in the order of those.
create function scim.id_time(id uuid) returns timestamptz
    language sql immutable parallel safe
    return to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0);

create function scim.first_id(at timestamptz) returns uuid
    language sql immutable parallel safe
    return rpad(lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0'), 32, '0')::uuid;

-- The version of a representation, as ETag has it.
create function scim.etag(representation jsonb) returns text
    language sql immutable parallel safe
    return left(encode(sha256(convert_to(representation::text, 'UTF8')), 'hex'), 32);

-- --- pages of lists --------------------------------------------------------------------------------------------------

-- How many rows a list shows at the most.
create function scim.most(args jsonb) returns int
    language sql immutable parallel safe
    return coalesce((args ->> 'limit')::int, 50);

-- The answer of a list, of as many pairs [where the page after it goes on, item] as there are, one more than it shows at the most. Where there are
-- no more, it goes on behind `looked`, up to which the list was looked through.
create function scim.paged(pairs jsonb, most int, looked text default null) returns jsonb
    language sql immutable parallel safe
    return jsonb_build_object(
        'items', coalesce((select jsonb_agg(p.value -> 1 order by p.ordinality)
                             from jsonb_array_elements(pairs) with ordinality p where p.ordinality <= most), '[]'),
        'next', case when jsonb_array_length(pairs) > most then pairs -> (most - 1) -> 0 else to_jsonb(looked) end);

