-- What groups are mapped to, oldest first. $1 tenant, $2 arguments: group, subscription, role, q, limit, after
with wanted as materialized (
    select ($2::jsonb ->> 'group')::uuid as group_id,
           ($2::jsonb ->> 'subscription')::uuid as subscription_id,
           $2::jsonb ->> 'role' as role
)
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x.id, x.item) order by x.id)
                              from wanted w
                             cross join lateral (
                                    select p.id, {{mapping_shown}} as item
                                      from scim.mapping p
                                     where p.tenant = $1
                                       and ($2::jsonb ->> 'after' is null or p.id > ($2::jsonb ->> 'after')::uuid)
                                       and (w.group_id is null or p.group_id = w.group_id)
                                       and (w.subscription_id is null or p.subscription_id = w.subscription_id)
                                       and (w.role is null or p.role = w.role)
                                       -- By the keys of names, which are folded already.
                                       and ($2::jsonb ->> 'q' is null or position(scim.fold($2::jsonb ->> 'q') in coalesce(
                                                (select s.name_key from scim.subscription s where s.tenant = $1 and s.id = p.subscription_id),
                                                scim.fold(p.role)) || E'\n' ||
                                                (select g.display_name_key from scim.resource g where g.tenant = $1 and g.id = p.group_id)) > 0)
                                     order by p.id
                                     limit scim.most($2::jsonb) + 1) x), '[]'), scim.most($2::jsonb))
