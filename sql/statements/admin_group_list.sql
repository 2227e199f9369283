-- A page of groups in the order of their names, or of archived ones; store/group_list.c fills the blanks. $1 tenant,
-- $2 how many
with candidate as not materialized (
    select r.*
      from scim.resource r
     where r.tenant = $1 and {{range=r.type = 'Group' and r.group_name_key is not null}}{{place=}}
     order by {{order=r.group_name_key}}
     limit {{depth=10000}}
), {{group_page}}
