-- Makes a user, or brings back the one that was deleted, as the tenant's setting says (the last one, where there are several).
-- $1 tenant, $2 type, $3 id of a new one, $4 document
with former as (
    select d.id
      from scim.resource d
     where d.tenant = $1 and d.type = $2 and d.deleted_at is not null
       and d.external_id = $4::jsonb ->> 'externalId'
       and (select t.restore from scim.tenant t where t.tenant = $1) in ('externalId', 'userName')
     union all
    select d.id
      from scim.resource d
     where d.tenant = $1 and d.type = $2 and d.former_name_key = scim.fold($4::jsonb ->> 'userName')
       and (select t.restore from scim.tenant t where t.tenant = $1) = 'userName'
     order by 1 desc
     limit 1
), restored as (
    update scim.resource r
       set doc = $4::jsonb, version = r.version + 1, last_modified = now(), deleted_at = null
     where r.tenant = $1 and r.id = (select former.id from former) and r.deleted_at is not null
    returning {{record}}
), created as (
    insert into scim.resource as r (tenant, type, id, doc)
    select $1, $2, $3::uuid, $4::jsonb
     where not exists (select from restored)
    returning {{record}}
)
select restored.*, null::text, true from restored
 union all
select created.*, null::text, false from created
