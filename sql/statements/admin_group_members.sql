-- The members of a group, in the order of their ids. "select" because behind row-level security coalesce() keeps a condition from an
-- index. "offset 0" because members are read in their order until the page is full, and not all users of the tenant beside them.
-- $1 tenant, $2 arguments: group (its id), q, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x.id, jsonb_build_object(
                                       'id', x.id, 'type', x.type, 'name', coalesce(x.doc ->> 'userName', x.doc ->> 'displayName'),
                                       'displayName', x.doc ->> 'displayName', 'source', x.source, 'added', scim.time_text(x.added)))
                                       order by x.id)
                              from (select u.id, u.type, u.doc, u.source, m.added
                                      from scim.membership m
                                     cross join lateral (select * from scim.resource r
                                             where r.tenant = $1 and r.id = m.member_id and r.deleted_at is null offset 0) u
                                     where m.tenant = $1 and m.group_id = ($2::jsonb ->> 'group')::uuid
                                       and m.member_id > (select coalesce(($2::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000'))
                                       and scim.has($2::jsonb ->> 'q', u.doc ->> 'userName', u.doc ->> 'displayName')
                                     order by m.member_id
                                     limit scim.most($2::jsonb) + 1) x), '[]'), scim.most($2::jsonb))
