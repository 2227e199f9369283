-- Whether /Schemas leaves out attributes that are never stored.
-- $1 tenant
select t.password_schema = 'hide' or t.password_schema = 'profile' and t.profile = 'lenient' from scim.tenant t where t.tenant = $1
