-- The links of a tenant's accounts, or of one, in the order in which they were made.
-- $1 tenant, $2 arguments: q, user, limit, after; `user` is an id by then
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(l.id, {{link_shown}}) order by l.id)
                              from (select l.*
                                      from scim.link l
                                     where l.tenant = $1 and $2::jsonb ->> 'user' is null
                                       and ($2::jsonb ->> 'after' is null or l.id > ($2::jsonb ->> 'after')::uuid)
                                       and scim.has($2::jsonb ->> 'q', l.issuer, l.subject)
                                     union all
                                    select l.*
                                      from scim.link l
                                     where l.tenant = $1 and $2::jsonb ->> 'user' is not null
                                       and l.user_id = (select ($2::jsonb ->> 'user')::uuid)
                                       and ($2::jsonb ->> 'after' is null or l.id > ($2::jsonb ->> 'after')::uuid)
                                       and scim.has($2::jsonb ->> 'q', l.issuer, l.subject)
                                     order by id
                                     limit scim.most($2::jsonb) + 1) l), '[]'), scim.most($2::jsonb))
