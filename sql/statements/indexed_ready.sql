-- The attributes that scim.lookup has for all resources.
select i.id, i.type, i.schema, i.attribute, i.sub, i.multi_valued, i.fold from scim.indexed i where i.ready order by i.id
