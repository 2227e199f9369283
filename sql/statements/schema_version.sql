-- The newest migration that the database has.
select coalesce(max(number), 0) from scim.migration
