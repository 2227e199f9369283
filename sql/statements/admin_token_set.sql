-- Changes a token's terms. $1 tenant, $2 the token as it is shown
with k as (
update scim.token k
   set description = x.description, read_only = x."readOnly", addresses = x.addresses::cidr[], rate = x.rate, burst = x.burst,
       expect_every = x."expectEvery", user_id = x."userId", confined = x.scope = 'me',
       traits = replace(k.traits, 'm', '') || case when x.scope = 'me' then 'm' else '' end, rules = scim.raised(k.rules)
  from (select *
          from jsonb_to_recordset(jsonb_build_array($2::jsonb)) x ("keyId" text, description text, "readOnly" boolean, addresses text[], rate int,
                                                                   burst int, "userId" uuid, scope text, "expectEvery" int)
         limit 1) x
 where k.tenant = $1 and k.key_id = x."keyId"
returning k.*
)
select x.shown, {{token_version}} from (select {{token_shown}} as shown from k) x
