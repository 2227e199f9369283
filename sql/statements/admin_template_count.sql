-- How many accounts a condition matches; it fills `filter`, and its values are elements of $1.
-- $1 its values, $2 tenant
with condition as (select $1::text[])
select jsonb_build_object('accounts', (select count(*)
                                         from scim.resource r
                                        where r.tenant = $2 and r.type = 'User' and r.deleted_at is null and {{filter=true}}))
