-- Accounts that may be the same person: those with the same userName or e-mail address without case, or exactly the
-- same externalId. The three indexes are read in the order of their keys, only as far as needed; if that does not fill
-- the page, `next` is the key up to which they were read. Of very many accounts with the same key, as when an identity
-- provider sends one externalId for all, the first hundred are shown. $1 tenant, $2 arguments: q, limit, after
with w as materialized (
    select coalesce(q.after, '') as past, scim.fold(q.q) as low, scim.fold(q.q) || U&'\+10FFFF' as high, q.q as least, q.q || U&'\+10FFFF' as most
      from (select $2::jsonb ->> 'after' as after, coalesce($2::jsonb ->> 'q', '') as q) q
), email as materialized (
    select l.key, l.resource_id as id
      from scim.lookup l
     where l.tenant = $1 and l.attribute = {{email_attribute}}
       and l.key > (select w.past from w) and l.key >= (select w.low from w) and l.key < (select w.high from w)
     order by l.key
     limit {{alike_depth}}
), user_name as materialized (
    select r.user_name_key as key, r.id
      from scim.resource r
     where r.tenant = $1 and r.user_name_key > (select w.past from w) and r.user_name_key >= (select w.low from w)
       and r.user_name_key < (select w.high from w)
     order by r.user_name_key
     limit {{alike_depth}}
), external as materialized (
    select r.external_id as key, r.id, r.type = 'User' and r.deleted_at is null as counts
      from scim.resource r
     where r.tenant = $1 and r.external_id > (select w.past from w) and r.external_id >= (select w.least from w)
       and r.external_id < (select w.most from w)
     order by r.external_id
     limit {{alike_depth}}
), horizon as materialized (
    select min(x.key) as key
      from (select max(e.key) as key from email e having count(*) = {{alike_depth}}
             union all
            select max(u.key) from user_name u having count(*) = {{alike_depth}}
             union all
            select max(x.key) from external x having count(*) = {{alike_depth}}) x
), candidate as materialized (
    -- Two accounts have them; the last key may be cut off, so it is one in any case.
    select k.key
      from (select e.key, e.id from email e
             union all
            select u.key, u.id from user_name u
             union all
            select x.key, x.id from external x where x.counts) k
     where (select h.key from horizon h) is null or k.key < (select h.key from horizon h)
     group by k.key
    having min(k.id::text collate "C") <> max(k.id::text collate "C")
     union all
    select h.key from horizon h where h.key is not null
), page as materialized (
    select p.key, p.ids, row_number() over (order by p.key) as n
      from (select k.key, a.ids
              from (select c.key from candidate c order by c.key) k
             cross join lateral (
                    select array(select distinct x.id
                                   from ((select l.resource_id as id
                                            from scim.lookup l
                                           where l.tenant = $1 and l.attribute = {{email_attribute}} and l.key = k.key
                                           limit 100)
                                          union all
                                         (select r.id from scim.resource r where r.tenant = $1 and r.user_name_key = k.key)
                                          union all
                                         (select r.id
                                            from (select r.id, r.type, r.deleted_at
                                                    from scim.resource r
                                                   where r.tenant = $1 and r.external_id = k.key
                                                   limit {{alike_depth}}) r
                                           where r.type = 'User' and r.deleted_at is null
                                           limit 100)) x
                                  limit 100) as ids
                    offset 0) a
             where {{undecided}}
             limit scim.most($2::jsonb) + 1) p
)
select jsonb_build_object(
    'items', coalesce((select jsonb_agg(jsonb_build_object('key', p.key, 'accounts', (
                                  select jsonb_agg({{user_shown}} order by r.id)
                                    from unnest(p.ids) i (id)
                                    join scim.resource r on r.tenant = $1 and r.id = i.id
                                    {{user_role}})) order by p.key)
                         from page p
                        where p.n <= scim.most($2::jsonb)), '[]'),
    'next', coalesce((select p.key from page p where p.n = scim.most($2::jsonb) and (select max(x.n) from page x) > p.n), (select h.key from horizon h)))
