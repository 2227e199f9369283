-- How many accounts change when provisioning is switched off; they are locked. $1 tenant, $2 arguments: accounts
select to_jsonb(count(*)) as "accountsChanged"
  from (select from scim.resource r where {{settled}} order by r.type, r.id for no key update) x
