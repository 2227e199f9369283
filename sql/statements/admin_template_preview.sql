-- Which accounts a condition is true of; it fills `filter`, and its values are elements of $1.
-- $1 its values, $2 tenant, $3 arguments: q, limit, after
with condition as (select $1::text[])
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x.id, jsonb_build_object(
                                       'id', x.id, 'userName', x.doc ->> 'userName', 'displayName', x.doc ->> 'displayName', 'source', x.source,
                                       'active', x.doc -> 'active' is distinct from 'false')) order by x.id)
                              from (select r.id, r.doc, r.source
                                      from scim.resource r
                                     where r.tenant = $2 and r.type = 'User' and r.deleted_at is null
                                       and r.id > (select coalesce(($3::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000'))
                                       and scim.has($3::jsonb ->> 'q', r.doc ->> 'userName', r.doc ->> 'displayName')
                                       and {{filter=true}}
                                     order by r.id
                                     limit scim.most($3::jsonb) + 1) x), '[]'), scim.most($3::jsonb))
