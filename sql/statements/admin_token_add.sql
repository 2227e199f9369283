-- Adds a token, with copies of the tenant's settings. The store replaces the null by the token's text.
-- $1 tenant, $2 the token as it is shown, with its digest
with {{tell}}, ended as (
    -- An expired token of the same name is revoked, so that its name is free.
    update scim.token k
       set revoked = now(), revoked_by = $2::jsonb ->> 'createdBy'
     where k.tenant = $1 and k.revoked is null and k.expires <= now() and k.name = $2::jsonb ->> 'name'
    returning k.key_id, k.name, k.revoked, k.revoked_by
), noted as (
    insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, after)
    select $1, {{actor}}, 'revoke', 'Token', e.key_id, e.name, jsonb_build_object('revoked', scim.time_text(e.revoked), 'revokedBy', e.revoked_by) from ended e
    returning 1
), k as (
insert into scim.token (tenant, key_id, digest, name, description, created_by, expires, read_only, addresses, rate, burst, user_id,
                             confined, tenant_enabled, tenant_profile, tenant_nests, keeps, traits, external, expect_every)
select $1, x."keyId", decode(x.digest, 'hex'), x.name, x.description, x."createdBy", x.expires, x."readOnly", x.addresses::cidr[], x.rate, x.burst,
       x."userId", x.scope = 'me', t.enabled, t.profile, t.nests, {{tenant_keeps}}, {{tenant_traits}} || case when x.scope = 'me' then 'm' else '' end, x.external, x."expectEvery"
  from (select count(*) from ended) e, (select * from scim.tenant x where x.tenant = $1) t,
       jsonb_to_record($2::jsonb) x ("keyId" text, digest text, name text, description text, "createdBy" text, expires timestamptz, "readOnly" boolean,
                                     addresses text[], rate int, burst int, "userId" uuid, scope text, external text, "expectEvery" int)
 where x."keyId" is not null
returning *
)
select x.shown || '{"token": null}', {{token_version}} from (select {{token_shown}} as shown from k) x
