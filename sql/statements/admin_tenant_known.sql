-- Whether a tenant with the name existed: its audit log is kept. $1 tenant
select exists (select from scim.audit a where a.tenant = $1) and not exists (select from scim.tenant t where t.tenant = $1) as "wasThere"
