-- The newest migration that the database has, and the checksum of its code.
select coalesce((select max(number) from scim.migration), 0), coalesce((select checksum from scim.code), '')
