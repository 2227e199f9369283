-- The key ids of refused requests that are those of some tenant's token. $1 entries of all tenants
select scim.anywhere(array(select distinct e.value ->> 'k' from jsonb_array_elements($1::jsonb) e where e.value ->> 's' = '401' and e.value ? 'z'))::text
