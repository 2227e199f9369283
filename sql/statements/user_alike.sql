-- Locks the users that a POST may mean (rules/restore.h), in the order of their ids; each row has the id intended for
-- the POST's new user. If very many have the same externalId, the latest ones, existing before deleted ones. Local
-- accounts are searched if the tenant has any. The compared values are columns, because with row-level security a
-- comparison with an operator on JSON would use no index. "is true" hides a condition from the planner, which may think
-- that the indexes of the few are shorter than they are.
-- $1 tenant, $2 ids that the new users would have, and for each of them $3 externalId, $4 userName (folded), $5 the
-- account's e-mail address (folded, truncated as keys are), any of which may be null, $6 whether it is restored by the
-- userName
-- The account into which an account with the same externalId was merged is included; the last column has that of a
-- merged account.
-- Each row is looked up by itself, in this order: a join might read the whole tenant.
select l.wanted, {{stored}}, r.merged_into
  from (
select w.id as wanted, w.place, a.id
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) with ordinality w (id, external_id, user_name, email, by_name, place)
 cross join lateral (
        (select d.id
           from scim.resource d
          where d.tenant = $1 and d.external_id = w.external_id
            and (d.type = 'User' and d.source = 'scim' and d.merged_into is null and (d.deleted_at is not null or not d.active)) is true
          order by d.deleted_at is null desc, d.id desc
          limit 100)
         union
        (select d.id
           from scim.resource d
          where d.tenant = $1 and d.former_name_key = w.user_name and d.former_name_key is not null and w.by_name
            and (d.source = 'scim' and d.merged_into is null) is true
          order by d.id desc
          limit 100)
         union
        (with recursive merged (id, into_id, n) as (
             (select d.id, d.merged_into, 1
                from scim.resource d
               where d.tenant = $1 and d.external_id = w.external_id and (d.type = 'User' and d.merged_into is not null) is true
               order by d.deleted_at desc, d.id desc
               limit 100)
              union all
             select d.id, d.merged_into, m.n + 1
               from merged m
              cross join lateral (select d.id, d.merged_into from scim.resource d where d.tenant = $1 and d.id = m.into_id offset 0) d
              where m.n < 100)
         select m.id from merged m)
         union
        (select d.id from scim.resource d where d.tenant = $1 and d.user_name_key = w.user_name)
         union
        (select l.resource_id
           from scim.lookup l
           join scim.resource d on d.tenant = l.tenant and d.id = l.resource_id
          where l.tenant = $1 and l.attribute = {{email_attribute}} and l.key = w.email and (d.source = 'local' and d.deleted_at is null) is true
            and (select true from scim.resource x
                  where x.tenant = $1 and x.type = 'User' and x.source <> 'scim' and x.deleted_at is null limit 1)
          order by l.resource_id
          limit 100)) a
 order by a.id, w.place) l
 cross join lateral (select r.* from scim.resource r where r.tenant = $1 and r.id = l.id for no key update) r
