-- A page of accounts in the order of their names or in another order, or of given accounts; store/user_list.c fills
-- the blanks.
-- $1 tenant, $2 how many
with candidate as not materialized (
    select r.*
      from scim.resource r{{only=}}
     where r.tenant = $1 and r.type = 'User' and {{range=r.deleted_at is null and r.user_name_key is not null}}{{place=}}
     order by {{order=r.user_name_key}}
     limit {{depth=10000}}
), {{user_page}}
