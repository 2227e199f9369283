-- A token says by itself that its tenant runs dry (y), so that a write of which the guard has nothing to decide is not looked at.
set local role scim_owner;

update scim.token k
   set traits = k.traits || 'y', rules = greatest(k.rules + 1, floor(extract(epoch from now()) * 1000000)::bigint)
  from scim.tenant t
 where t.tenant = k.tenant and t.dry_run and k.traits not like '%y%';

reset role;
