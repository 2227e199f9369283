-- Gives new users what templates have for them. Of the ids, those that were made.
-- $1 tenant, $2 ids
select scim.apply_templates($1, $2::uuid[])
