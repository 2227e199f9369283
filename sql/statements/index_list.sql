-- All of scim.indexed.
select i.id, i.type, i.schema, i.attribute, i.sub, i.multi_valued, i.fold, i.ready from scim.indexed i order by i.id
