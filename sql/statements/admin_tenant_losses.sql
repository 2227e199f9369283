-- Counts the access that was removed in the last hour before the guard was switched on, from the audit log, which is
-- read backwards by its key. The argument is read by a subquery: Citus finds no server for a condition that is a false
-- constant. $1 tenant, $2 lossesCount
with gone as (
    delete from scim.loss l where l.tenant = $1 and (select ($2::jsonb ->> 'lossesCount')::boolean)
)
insert into scim.loss (tenant, at, weight, users, logins)
select $1, e.at, e.weight, case e.object_type when 'User' then e.weight else 0 end, e.logins
  from (with recursive entry as (
                (select x.id, x.at, x.actor_kind, x.object_type, x.weight, x.logins
                   from scim.audit x
                  where x.tenant = $1 and (select ($2::jsonb ->> 'lossesCount')::boolean)
                  order by x.id desc
                  limit 1)
                 union all
                select x.*
                  from entry e
                 cross join lateral (
                        select x.id, x.at, x.actor_kind, x.object_type, x.weight, x.logins
                          from scim.audit x
                         where x.tenant = $1 and x.id < e.id
                         order by x.id desc
                         limit 1) x
                 where e.at > now() - interval '1 hour')
        select * from entry) e
 where e.at > now() - interval '1 hour' and e.weight + e.logins > 0 and e.actor_kind = 'token'
returning 1
