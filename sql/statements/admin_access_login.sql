-- A login that the application reports. $1 tenant, $2 userId
with login as materialized (
    select ($2::jsonb ->> 'userId')::uuid as id
), {{login_granted}}
select count(*) from told
