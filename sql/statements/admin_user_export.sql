-- Accounts that are not deleted, in the form that an import reads, oldest first; those that clients see and those that
-- they do not see are read by one index each.
-- $1 tenant, $2 arguments: source, limit, after
with w as materialized (
    select coalesce(($2::jsonb ->> 'after')::uuid, '00000000-0000-0000-0000-000000000000') as place
)
select scim.paged(coalesce((
    select jsonb_agg(jsonb_build_array(x.id, jsonb_build_object(
               'userName', x.doc ->> 'userName', 'givenName', x.doc -> 'name' ->> 'givenName', 'familyName', x.doc -> 'name' ->> 'familyName',
               'displayName', x.doc ->> 'displayName', 'email', scim.account_email(x.doc),
               'phone', scim.chosen(x.doc -> 'phoneNumbers') ->> 'value', 'active', x.active, 'role', x.role,
               'flags', to_jsonb(coalesce(x.flags, '{}')),
               'groups', coalesce((select jsonb_agg(g.doc ->> 'displayName' order by g.display_name_key)
                                     from scim.membership m
                                    cross join lateral (select r.* from scim.resource r where r.tenant = $1 and r.id = m.group_id offset 0) g
                                    where m.tenant = $1 and m.member_id = x.id and g.deleted_at is null and g.source <> 'scim'), '[]'),
               'source', x.source)) order by x.id)
      from (select y.*
              from ((select r.id, r.doc, r.active, r.role, r.flags, r.source
                       from scim.resource r
                      where $2::jsonb ->> 'source' is distinct from 'local' and r.tenant = $1 and r.type = 'User' and r.wire
                        and r.id > (select w.place from w)
                      order by r.id
                      limit scim.most($2::jsonb) + 1)
                     union all
                    (select r.id, r.doc, r.active, r.role, r.flags, r.source
                       from scim.resource r
                      where $2::jsonb ->> 'source' is distinct from 'scim' and r.tenant = $1 and r.type = 'User' and r.source <> 'scim'
                        and r.deleted_at is null and not r.wire and r.id > (select w.place from w)
                      order by r.id
                      limit scim.most($2::jsonb) + 1)) y
             order by y.id
             limit scim.most($2::jsonb) + 1) x), '[]'), scim.most($2::jsonb))
