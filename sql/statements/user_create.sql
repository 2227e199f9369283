-- Makes users, or brings back those that were deleted, as the tenant's setting says (the last one, where there are several).
-- One whose userName is taken gets no row in the answer, and the others are made.
-- $1 tenant, $2 type, $3 ids of new ones, $4 as many documents (a JSON list), $5 whether to answer with the documents
-- What users are looked up by stands in columns: a comparison with an operator on JSON would use no index behind row-level
-- security.
with {{wanted}}, asked as materialized (
    select w.id, w.doc, w.place, w.doc ->> 'externalId' as external_id,
           case when t.restore = 'userName' then scim.fold(w.doc ->> 'userName') end as name_key
      from wanted w, scim.tenant t
     where t.tenant = $1 and t.restore <> 'never'
), former as materialized (
    -- Of two who would be the same former user the first is.
    select distinct on (f.id) f.id as former, w.id, w.doc
      from asked w
     cross join lateral (
            select d.id
              from scim.resource d
             where d.tenant = $1 and d.type = $2 and d.deleted_at is not null
               and d.external_id = w.external_id
             union all
            select d.id
              from scim.resource d
             where d.tenant = $1 and d.type = $2 and d.former_name_key = w.name_key
             order by 1 desc
             limit 1) f
     order by f.id, w.place
), restored as (
    update scim.resource r
       set doc = f.doc, version = r.version + 1, last_modified = now(), deleted_at = null
      from former f
     where r.tenant = $1 and r.id = f.former and r.deleted_at is not null
    returning r.id, r.version, r.created, r.last_modified, case when $5::boolean then r.doc end, null::text, true, f.id as wanted
), created as (
    insert into scim.resource as r (tenant, type, id, doc)
    select $1, $2, w.id, w.doc
      from wanted w
     where w.id not in (select restored.wanted from restored)
     order by w.place
        on conflict do nothing
    returning r.id, r.version, r.created, r.last_modified, case when $5::boolean then r.doc end, null::text, false, r.id
)
select * from restored
 union all
select * from created
