-- The tenants that an administrator may see. $1 null, $2 arguments: q, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x -> 'tenant', x || {{based}}) order by s.tenant)
                              from (select t.*
                                      from scim.tenant t
                                     where $1::text is null
                                       and ($2::jsonb ->> 'after' is null or t.tenant > $2::jsonb ->> 'after')
                                       and scim.has($2::jsonb ->> 'q', t.tenant, t.display_name)
                                     order by t.tenant
                                     limit scim.most($2::jsonb) + 1) s
                             cross join lateral scim.tenant_json(s::scim.tenant) x), '[]'), scim.most($2::jsonb))
