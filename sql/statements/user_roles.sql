-- Gives the user the role that its roles name, which a PATCH has repeated, where it has another one by now. No new version where not.
-- $1 tenant, $2 type, $3 id
with named as materialized (
    select r.id, r.role, r.sent_role, scim.role_of($1, r.doc -> 'roles', false, r.sent_role) as role_named
      from scim.resource r, scim.tenant t
     where r.tenant = $1 and r.type = $2 and r.id = $3::uuid and r.wire and t.tenant = $1 and t.role_wins = 'sync'
), due as materialized (
    select n.id, n.role_named, w.role_after
      from named n
     cross join lateral (select coalesce(n.role_named, case when n.role is distinct from n.sent_role then n.role end) as role_after) w
     where n.role is distinct from w.role_after
), told as materialized (
    select due.*, set_config('scim.roles', 't', true) from due
)
update scim.resource r
   set role = told.role_after, version = r.version + 1, last_modified = now()
  from told
 where r.tenant = $1 and r.id = told.id
