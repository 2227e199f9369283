-- The attributes of documents that scim.lookup finds all resources by.
select i.id, i.type, i.schema, i.attribute, i.sub, i.multi_valued, i.fold from scim.indexed i where i.ready order by i.id
