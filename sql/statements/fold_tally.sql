-- $1 tenant
select scim.fold_tally($1)
