-- The key ids of refused requests that belong to a token of any tenant. $1 entries of all tenants
select scim.anywhere(array(select distinct e.value ->> 'k' from jsonb_array_elements($1::jsonb) e where e.value ->> 's' = '401' and e.value ? 'z'))::text
