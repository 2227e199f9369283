-- The first 50 of all who have a subscription.
begin;
set local plan_cache_mode = force_generic_plan;
select set_config('scim.tenant', 'bench', true);
select h.user_id from scim.holders('bench', scim.the_subscription('bench', 'Subscription 0'), timestamptz 'epoch' + interval '0',
    '00000000-0000-0000-0000-000000000000', null, null, 51) h;
commit;
