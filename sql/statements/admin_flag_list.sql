-- The flags of a tenant, by their names. $1 tenant, $2 arguments: q, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(f.name, {{flag_shown}} || {{flag_count}}) order by f.name_key)
                              from (select f.*
                                      from scim.flag f
                                     where f.tenant = $1
                                       and ($2::jsonb ->> 'after' is null or f.name_key > scim.fold($2::jsonb ->> 'after'))
                                       and scim.has($2::jsonb ->> 'q', f.name, f.description)
                                     order by f.name_key
                                     limit scim.most($2::jsonb) + 1) f), '[]'), scim.most($2::jsonb))
