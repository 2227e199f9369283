-- The role that has the name. $1 tenant, $2 arguments: role
select {{role_named}} as taken, scim.time_text(now()) as created
