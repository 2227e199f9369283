-- Who has a subscription, in the order of seats. $1 tenant, $2 arguments: subscription (its id), standing, q, limit, after
with s as materialized (
    select x.* from scim.subscription x where x.tenant = $1 and x.id = ($2::jsonb ->> 'subscription')::uuid
)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(scim.place_text(h.place),
                                                               scim.holder_json($1, s.id, (h.place).user_id, h.doc, (h.place).since, h.seated))
                                             order by h.place)
                              from s, scim.holders($1, s, scim.place_of($2::jsonb ->> 'after'),
                                                   $2::jsonb ->> 'q', $2::jsonb ->> 'standing', scim.most($2::jsonb) + 1) h), '[]'),
                  scim.most($2::jsonb))
