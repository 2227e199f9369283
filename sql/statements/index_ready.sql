-- $1 id of an attribute, $2 whether all resources have rows of it
update scim.indexed set ready = $2::boolean where id = $1::int
