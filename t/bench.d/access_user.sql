-- The access of one account, in a tenant with :users users.
\set i random(1, :users)
begin;
set local plan_cache_mode = force_generic_plan;
select set_config('scim.tenant', 'bench', true);
select * from scim.access where tenant = 'bench' and user_id = (lpad('1', 8, '0') || '-0000-7000-8000-' || lpad((:i)::text, 12, '0'))::uuid;
commit;
