-- Changes what a token may do. $1 tenant, $2 the token as it is shown
update scim.token k
   set description = x.description, read_only = x."readOnly", addresses = x.addresses::cidr[], rate = x.rate, burst = x.burst,
       expect_every = x."expectEvery", user_id = x."userId", confined = x.scope = 'me',
       traits = replace(k.traits, 'm', '') || case when x.scope = 'me' then 'm' else '' end, rules = k.rules + 1
  from jsonb_to_record($2::jsonb) x ("keyId" text, description text, "readOnly" boolean, addresses text[], rate int, burst int, "userId" uuid,
                                     scope text, "expectEvery" int)
 where k.tenant = $1 and k.key_id = x."keyId"
returning scim.token_json(k), scim.etag(scim.token_version(scim.token_json(k)))
