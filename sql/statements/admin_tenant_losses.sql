-- What was lost before there was a guard counts too. $1 tenant, $2 lossesCount
select scim.add_up_losses($1) where ($2::jsonb ->> 'lossesCount')::boolean
