-- The same in a tenant with 100 users.
\set i random(1, 100)
begin;
set local plan_cache_mode = force_generic_plan;
select set_config('scim.tenant', 'bench100', true);
select * from scim.access where tenant = 'bench100' and user_id = (lpad('1', 8, '0') || '-0000-7000-8000-' || lpad((:i)::text, 12, '0'))::uuid;
commit;
