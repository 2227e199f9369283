-- Tokens of all tenants that were used within a day, and whose gaps were not computed for a day. $1 the maximum of
-- rows
select k.tenant, k.key_id
  from scim.token k
 where k.revoked is null and k.expires > now() and k.last_used > now() - interval '1 day'
   and (k.learned is null or k.learned < now() - interval '1 day')
 order by k.learned nulls first
 limit $1::int
