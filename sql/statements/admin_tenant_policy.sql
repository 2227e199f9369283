-- Changes the sync policy; what the new policy gives counts from now. $1 tenant, $2 syncPolicy
with was as materialized (
    select t.tenant from scim.tenant t where t.tenant = $1 and t.sync_policy <> $2::jsonb ->> 'syncPolicy'
), mapped as (
    update scim.mapping p set since = now() where p.tenant = $1 and $2::jsonb ->> 'syncPolicy' = 'groups' and exists (select from was)
), automatic as (
    update scim.subscription s
       set automatic_since = now()
     where s.tenant = $1 and s.automatic and $2::jsonb ->> 'syncPolicy' = 'all' and exists (select from was)
)
update scim.tenant t set sync_policy = $2::jsonb ->> 'syncPolicy' where t.tenant = $1 and exists (select from was)
