-- The first 50 holders of a subscription.
begin;
set local plan_cache_mode = force_generic_plan;
select set_config('scim.tenant', 'bench', true);
select g.user_id
  from scim.first_grounds('bench', (select s.id from scim.subscription s where s.tenant = 'bench' and s.name = 'Subscription 0'),
                          ('epoch', 'epoch', '00000000-0000-0000-0000-000000000000'), 100) g
 order by g.since, g.joined, g.user_id
 limit 51;
commit;
