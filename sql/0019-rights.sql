-- What httpd's role does with its own rights, and no function with the owner's: that a tenant has groups in groups, in the transaction that
-- makes the first; and that rows of the tally are made one. Of a distributed database each role has a connection of its own to the rows, and what
-- one has changed in a transaction another one cannot read.
set local role scim_owner;

grant update (nests) on scim.tenant to scim_web;
grant update (tenant_nests, rules) on scim.token to scim_web;
grant delete, update (n) on scim.tally to scim_web; -- to lock a row is an update, too

reset role;
