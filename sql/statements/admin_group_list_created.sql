-- A page of groups that are not archived, in the order of creation; those that clients see and those that they do not
-- see are read by one index each, like admin_user_list_created. $1 tenant, $2 how many
with candidate as not materialized (
    select r.*
      from ((select r.*
               from scim.resource r
              where r.tenant = $1 and r.type >= 'Group' and r.type <= 'Group' and r.wire{{place=}}
              order by {{order=r.type, r.id}}
              limit {{depth=10000}})
             union all
            (select r.*
               from scim.resource r
              where r.tenant = $1 and r.type >= 'Group' and r.type <= 'Group' and r.source <> 'scim' and r.deleted_at is null and not r.wire{{place=}}
              order by {{order=r.type, r.id}}
              limit {{depth=10000}})) r
     order by {{order=r.type, r.id}}
     limit {{depth=10000}}
), {{group_page}}
