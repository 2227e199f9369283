-- Records the access that a request has removed, which counts for an hour. $1 tenant, $2 people, $3 how many of them
-- are users who are no longer active, $4 how many more cannot log in as before
insert into scim.loss (tenant, at, weight, users, logins) values ($1, now(), $2::bigint, $3::bigint, $4::bigint)
