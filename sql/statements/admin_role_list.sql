-- The roles of a tenant, built-in ones first. $1 tenant, $2 arguments: q, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(r.id, {{role_shown}} || {{role_counts}}) order by r.id)
                              from (select r.*
                                      from scim.resource r
                                     where r.tenant = $1 and r.type = 'Role' and r.wire
                                       and ($2::jsonb ->> 'after' is null or r.id > ($2::jsonb ->> 'after')::uuid)
                                       and scim.has($2::jsonb ->> 'q', r.doc ->> 'value', r.doc ->> 'display')
                                     order by r.id
                                     limit scim.most($2::jsonb) + 1) r), '[]'), scim.most($2::jsonb))
