-- A role that was added or changed. $1 tenant, $2 role, displayName, builtIn, created, id
select jsonb_build_object('role', $2::jsonb -> 'role', 'displayName', $2::jsonb -> 'displayName', 'builtIn', $2::jsonb -> 'builtIn',
                          'created', $2::jsonb -> 'created', 'id', $2::jsonb -> 'id')
  from scim.tenant t
 where t.tenant = $1
