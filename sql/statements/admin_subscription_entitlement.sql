-- Locks the Entitlement of a subscription. $1 tenant, $2 arguments: subscription
select r.doc as was from scim.resource r where r.tenant = $1 and r.id = {{subscription_named}} for no key update
