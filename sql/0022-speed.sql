-- What administrators read, without reading all of a tenant.
set local role scim_owner;

-- What one token or one administrator did, however rarely: newest first.
create index audit_actor on scim.audit (tenant, actor, id);

-- Whom policy and groups do not decide about, who are few: to count the others without looking at each.
create index resource_unsteered on scim.resource (tenant, id)
    where type = 'User' and deleted_at is null and (not active or protected is not null);
comment on index scim.resource_unsteered is 'decisions about subscriptions with seats, usage and previews: whom not to count';

-- An index that is made of an empty table takes the statistics away that came with it (0001-baseline.sql); here they are again.
insert into scim.resource (tenant, id, type, doc, deleted_at, wire, source, external_id, user_name_key, group_name_key, display_name_key,
                           former_name_key, modified_hour, family_name_key, given_name_key)
select '-', gen_random_uuid(), case when n % 20 = 0 then 'Group' else 'User' end, jsonb_build_object('userName', 'sample' || n), gone,
       gone is null and n % 50 <> 1, case when n % 50 = 1 then 'local' else 'scim' end, 'external' || n,
       case when n % 20 <> 0 and gone is null then 'sample' || n end, case when n % 20 = 0 and gone is null then 'group' || n end, 'name' || n,
       case when n % 20 <> 0 and gone is not null then 'sample' || n end, date_trunc('hour', now()) - n * interval '1 hour', 'family' || n, 'given' || n % 100
  from generate_series(1, 2000) n
 cross join lateral (select case when n % 10 = 3 then now() end as gone) g
 where not exists (select from scim.resource);
insert into scim.audit (tenant, action, object_type, object_id)
select r.tenant, 'create', r.type, r.id::text from scim.resource r where r.tenant = '-';
analyze scim.resource;
analyze scim.audit;
delete from scim.audit where tenant = '-';
delete from scim.resource where tenant = '-';

reset role;
