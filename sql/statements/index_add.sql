-- Registers an attribute that is not yet indexed completely.
-- $1 type, $2 URN of an extension or null, $3 attribute, $4 sub-attribute or null, $5 multi-valued, $6 compared without case
insert into scim.indexed (type, schema, attribute, sub, multi_valued, fold)
values ($1, $2, $3, $4, $5::boolean, $6::boolean)
returning id
