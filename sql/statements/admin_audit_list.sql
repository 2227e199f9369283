-- The audit log of a tenant, newest first. $1 tenant, $2 arguments: q, objectId, actor, action, since, until, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x.id::text, scim.audit_json(x)) order by x.id desc)
                              from scim.audit_page($1, $2::jsonb) x), '[]'), scim.most($2::jsonb))
