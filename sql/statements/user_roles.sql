-- Gives the user the role that its roles name, which a request has repeated, where it has another one by now. No new version where not.
-- $1 tenant, $2 type, $3 id
with due as materialized (
    select r.id, scim.role_of($1, r.doc -> 'roles', false) as role
      from scim.resource r, scim.tenant t
     where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.wire and t.tenant = $1 and t.role_wins = 'sync'
), told as materialized (
    select due.id, due.role, set_config('scim.roles', 't', true) from due where due.role is not null
)
update scim.resource r
   set role = told.role, version = r.version + 1, last_modified = now()
  from told
 where r.tenant = $1 and r.id = told.id and r.role is distinct from told.role
