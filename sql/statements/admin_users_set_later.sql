-- Changes locked users after others have been changed. $1 tenant, $2 later (rules/user.h)
with l as (
    select $2::jsonb -> 'later' as list
), {{users_set}}
