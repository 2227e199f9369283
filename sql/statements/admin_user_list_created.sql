-- A page of accounts that are not deleted, in the order of creation; those that clients see and those that they do not
-- see are read by one index each, and merged. An index has other types, too, so the type is part of the order, and is
-- compared as a range: PostgreSQL drops a column that equals a constant from the order. store/user_list.c fills the
-- blanks. $1 tenant, $2 how many
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
