-- A tenant that was switched on, with the token that was issued and the offer to reactivate the accounts that
-- switching off has deactivated. The store replaces the null of `token` by the token's text.
-- $1 tenant, $2 keyId (null: none)
select scim.tenant_counted(x) || jsonb_build_object(
           'warnings', coalesce((select jsonb_build_array(format('%s accounts were deactivated when provisioning was switched off on %s, and stay so. To '
                                     'bring them back: scimctl batch undo %s --tenant %s', b.changed, to_char(b.begun, 'YYYY-MM-DD'), b.id, b.tenant))
                                   from scim.batch b
                                  where b.tenant = $1 and b.kind = 'deactivation' and b.undone is null
                                  order by b.id desc
                                  limit 1), '[]'),
           'token', null, 'issued', (select {{token_shown}} from scim.token k where k.tenant = $1 and k.key_id = $2::jsonb ->> 'keyId')) || {{based}},
       scim.etag(x)
  from (select * from scim.tenant t where t.tenant = $1) t
 cross join lateral scim.tenant_json(t::scim.tenant) x
