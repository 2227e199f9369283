-- The roles and the subscriptions of two lists, in their order, locked so that they stay. $1 tenant, $2 arguments:
-- roles, subscriptions
with s as materialized (
    {{subscriptions_listed}}
), r as materialized (
    select n.name as named, n.place, f.role, (select true from scim.tenant t where t.tenant = $1 and f.role = any (t.reserved_roles) for share) as reserved
      from jsonb_array_elements_text(nullif($2::jsonb -> 'roles', 'null')) with ordinality n (name, place)
     cross join lateral (select {{role_found}} as role offset 0) f
)
select (select jsonb_agg(jsonb_build_object('named', r.named, 'role', r.role, 'reserved', r.reserved) order by r.place) from r) as "rolesFound",
       (select jsonb_agg(jsonb_build_object('named', s.named, 'subscriptionId', s.id, 'subscription', s.name) order by s.place) from s)
           as "subscriptionsFound"
