-- httpd writes down what it has gathered of requests as an administrator of the tenant, and no longer by a function.
set local role scim_owner;

grant insert, update (body, body_length, status, type, reason, duration, resource_id) on scim.activity to scim_manage;
grant usage on sequence scim.activity_id to scim_manage;

reset role;
