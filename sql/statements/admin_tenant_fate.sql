-- The accounts that switching provisioning off would change. $1 tenant, $2 arguments: accounts
with x as materialized (
    select r.type, r.doc ->> 'userName' as name, r.id from scim.resource r where {{settled}}
)
select jsonb_build_object(
           'users', (select count(*) from x where x.type = 'User'), 'groups', (select count(*) from x where x.type = 'Group'),
           'protected', (select count(*)
                           from scim.resource r
                          where r.tenant = $1 and r.protected is not null and r.wire and r.source = 'scim' and $2::jsonb ->> 'accounts' <> 'keep'),
           'names', to_jsonb(array(select x.name from x where x.type = 'User' order by x.id limit 100)))
