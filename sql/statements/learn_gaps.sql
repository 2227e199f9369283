-- Learns how often tokens are used. $1 of how many at the most
select scim.learn_gaps($1::int)
