-- The first login of an account, with what the tenant's policies do then. An identity that was meanwhile linked to
-- another account is not linked.
-- $1 tenant, $2 the account's id, $3 issuer and $4 subject, or null
with u as materialized (
    select r.id, r.doc ->> 'userName' as name
      from scim.tenant t
      join scim.resource r on r.tenant = $1 and r.id = $2::uuid and r.deleted_at is null
     where t.tenant = $1 and t.link_policy = 'first-login' and $3::text is not null
       and not exists (select from scim.link l where l.tenant = $1 and l.user_id = $2::uuid and l.issuer = $3::text)
       for update of r
), linked as (
    insert into scim.link (tenant, id, user_id, issuer, subject)
    select $1, scim.new_id(clock_timestamp()), u.id, $3::text, $4::text from u
        on conflict do nothing
    returning user_id, issuer, subject
), noted as (
    insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, after)
    select $1, {{actor}}, 'add-link', 'User', l.user_id::text, u.name, jsonb_build_object('issuer', l.issuer, 'subject', l.subject) from linked l, u
    returning 1
), login as materialized (
    select $2::uuid as id
), {{login_granted}}
select count(*) from told
