-- Locks what is released together with a held request: the same request if it was rejected, and all held requests if
-- everything may pass.
-- $1 tenant, $2 arguments: hold, everything
select jsonb_agg({{hold_told}} order by h.id) as others
  from (select o.*
          from scim.hold o
          join scim.hold x on x.tenant = $1 and x.id = {{hold_named}}
         where o.tenant = $1 and o.id <> x.id
           and (o.state = 'held' and ($2::jsonb ->> 'everything')::boolean
                or o.state = 'rejected'
                   and (o.token, o.method, split_part(o.path, '?', 1), o.fingerprint)
                       = (x.token, x.method, split_part(x.path, '?', 1), x.fingerprint))
         order by o.id
           for update of o) h
