-- When the tokens of tenants end, for the metrics: those first that end first. $1 how many tenants
select tenant, expires, used from scim.token_ends($1::int)
