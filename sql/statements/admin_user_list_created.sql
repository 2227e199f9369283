-- A page of accounts that are not deleted, in the order in which they were made: those on the wire and those that are not, each by its
-- index, which are merged. That has groups and others between, so the type is part of the order, and is given as a range: an order by
-- what equals a constant is none. store/user_list.c fills what is asked. $1 tenant, $2 how many
with candidate as not materialized (
    select r.*
      from ((select r.*
               from scim.resource r
              where r.tenant = $1 and r.type >= 'User' and r.type <= 'User' and r.wire{{place=}}
              order by {{order=r.type, r.id}}
              limit {{depth=10000}})
             union all
            (select r.*
               from scim.resource r
              where r.tenant = $1 and r.type >= 'User' and r.type <= 'User' and r.source <> 'scim' and r.deleted_at is null and not r.wire{{place=}}
              order by {{order=r.type, r.id}}
              limit {{depth=10000}})) r
     order by {{order=r.type, r.id}}
     limit {{depth=10000}}
), {{user_page}}
