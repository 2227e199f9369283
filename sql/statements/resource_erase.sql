-- Erases a resource and its data in other tables; only the fact remains, in the audit log.
-- $1 tenant, $2 type, $3 id, $4 the change of the number of resources of the type that clients see, $5 how many people
-- may lose access
with gone as (
    delete from scim.resource r where r.tenant = $1 and r.type = $2 and r.id = $3::uuid returning r.id
), counted as (
    insert into scim.tally (tenant, type, n) values ($1, $2, $4::bigint)
), noted as (
    insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, weight) values ($1, {{actor}}, 'erase', $2, $3, $5::int)
), withdrawn as (
    -- The log has all data of its grants, so that a review can tell their past state.
    insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, before)
    select $1, {{actor}}, 'withdraw', 'User', gone.id::text,
           jsonb_strip_nulls(jsonb_build_object(
               'subscription', (select s.name from scim.subscription s where s.tenant = $1 and s.id = a.subscription_id), 'role', a.role, 'source', a.source))
           || jsonb_build_object('id', a.id, 'granted', scim.time_text(a.granted), 'grantedBy', a.granted_by, 'joined', scim.time_text(a.joined))
      from gone
     cross join lateral (select x.* from scim.access_grant x where x.tenant = $1 and x.user_id = $3::uuid offset 0) a
     order by a.id
    returning 1
)
select scim.forget($1, gone.id) from gone
