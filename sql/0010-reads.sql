-- The process that answers reads notes them itself.
set local role scim_owner;

grant update (last_used, last_address) on scim.token to scim_web;
comment on column scim.token.keeps is 'how many of a hundred reads are kept, where not all are; then + or - for bodies, and what is masked';
update scim.token k
   set keeps = concat(t.activity_reads, k.keeps)
  from scim.tenant t
 where t.tenant = k.tenant and t.activity_reads < 100;

reset role;
