-- Changes locked users. $1 tenant, $2 changes (rules/user.h)
with l as (
    select $2::jsonb -> 'changes' as list
), {{users_set}}
