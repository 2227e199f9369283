-- Gives the tokens of a tenant their copies of its settings anew. $1 tenant
select scim.spread($1)
