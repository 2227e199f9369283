-- $1 id of an attribute
delete from scim.indexed where id = $1::int
