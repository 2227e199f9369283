-- The facts for the guard's decision (rules/guard.h): the tenant's settings, the administrators' decisions about the
-- same request, the access that this transaction removes, and the access that others have removed within the hour.
-- $1 tenant, $2 method, $3 path, $4 the body's fingerprint, $5 the token's key id, $6 the number from which the audit
-- log has the transaction's entries, $7 the transaction's id
select t.dry_run, t.guard_limit, t.guard_share, t.guard_logins, coalesce(t.guard_until > now(), false) as paused,
       coalesce(v.rejected, false) as rejected, coalesce(v.vetoed, false) as vetoed, v.released,
       a.weight, a.users, a.logins, l.weight, l.users, l.logins
  from scim.tenant t
 cross join (select bool_or(h.state = 'rejected' and h.token = $5) as rejected, bool_or(h.state = 'rejected') as vetoed,
                    max(h.weight) filter (where h.state = 'released' and h.token = $5 and h.until > now()) as released
               from scim.hold h
              where h.tenant = $1 and h.method = $2 and h.fingerprint = $4 and h.state <> 'held'
                and split_part(h.path, '?', 1) = split_part($3, '?', 1) and h.decided > now() - interval '1 day') v
 cross join (select coalesce(sum(a.weight), 0) as weight, coalesce(sum(a.weight) filter (where a.object_type = 'User'), 0) as users,
                    coalesce(sum(a.logins), 0) as logins
               from scim.audit a
              where a.tenant = $1 and a.id >= $6::bigint and a.xid = $7::xid8) a
 cross join lateral (
        select coalesce(sum(l.weight), 0)::bigint as weight, coalesce(sum(l.users), 0)::bigint as users, coalesce(sum(l.logins), 0)::bigint as logins
          from scim.loss l
         where l.tenant = $1 and l.at > greatest(now() - interval '1 hour', t.guard_until)) l
 where t.tenant = $1
