-- What several accounts are called alike by: their userName, or an e-mail address, whatever the case. Both indexes are read in the
-- order of their keys, from where the page before ended, until the page is full.
-- $1 tenant, $2 arguments: q, limit, after
select scim.paged(coalesce((select jsonb_agg(jsonb_build_array(x.key, jsonb_build_object('key', x.key, 'accounts', scim.user_rows($1, x.ids)))
                                             order by x.key)
                              from (select k.key, array_agg(distinct k.id) as ids
                                      from (select l.key, l.resource_id as id
                                              from scim.lookup l
                                             where l.tenant = $1 and l.attribute = scim.email_attribute()
                                               and l.key > coalesce($2::jsonb ->> 'after', '')
                                               and l.key >= scim.fold(coalesce($2::jsonb ->> 'q', ''))
                                               and l.key < scim.fold(coalesce($2::jsonb ->> 'q', '')) || U&'\+10FFFF'
                                             union all
                                            select r.user_name_key, r.id
                                              from scim.resource r
                                             where r.tenant = $1
                                               and r.user_name_key > coalesce($2::jsonb ->> 'after', '')
                                               and r.user_name_key >= scim.fold(coalesce($2::jsonb ->> 'q', ''))
                                               and r.user_name_key < scim.fold(coalesce($2::jsonb ->> 'q', '')) || U&'\+10FFFF') k
                                     group by k.key
                                    having min(k.id::text) <> max(k.id::text)
                                     order by k.key
                                     limit scim.most($2::jsonb) + 1) x), '[]'), scim.most($2::jsonb))
