-- A token, by its key id or name. $1 tenant, $2 arguments: token
select x.shown, {{token_version}}
  from (select {{token_shown}} as shown from scim.token k where k.tenant = $1 and k.key_id = {{token_named}}) x
