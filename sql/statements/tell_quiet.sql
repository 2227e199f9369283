-- The silent tokens of all tenants: each is reported once a day, by only one httpd.
with k as (
    update scim.token k
       set quiet_told = now()
     where {{token_quiet}} and (k.quiet_told is null or k.quiet_told < now() - interval '1 day')
    returning k.*
)
select k.tenant, {{token_silence}} from k
