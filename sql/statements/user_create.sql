-- Makes users, or brings back those that were deleted, as the tenant's setting says (the last one, where there are several), or
-- makes local accounts provisioned ones. One whose userName is taken gets no row in the answer, and the others are made; one who
-- is refused for another reason gets a row with that, which is empty where the login e-mail address is taken.
-- $1 tenant, $2 type, $3 ids of new ones, $4 as many documents (a JSON list), $5 whether to answer with the documents
-- What users are looked up by stands in columns: a comparison with an operator on JSON would use no index behind row-level
-- security. "is true" hides a condition from the planner, which may think that the indexes of the few are shorter than they are.
with {{wanted}}, claims as materialized (
    -- Only where there is a local account at all.
    select w.id, w.doc, w.place, l.found, l.refusal
      from wanted w
     cross join lateral scim.find_local($1, w.doc) l
     where (select true from scim.resource x
             where x.tenant = $1 and x.type = $2 and x.source <> 'scim' and x.deleted_at is null limit 1)
), asked as materialized (
    select w.id, w.doc, w.place, w.doc ->> 'externalId' as external_id,
           case when t.restore = 'userName' then scim.fold(w.doc ->> 'userName') end as name_key
      from wanted w, scim.tenant t
     where t.tenant = $1 and t.restore <> 'never' and w.id not in (select claims.id from claims)
), former as materialized (
    -- Of two who would be the same former user the first is.
    select distinct on (f.id) f.id as former, w.id, w.doc
      from asked w
     cross join lateral (
            select d.id
              from scim.resource d
             where d.tenant = $1 and d.type = $2 and (d.deleted_at is not null) is true and d.source = 'scim' and d.merged_into is null
               and d.external_id = w.external_id
             union all
            select d.id
              from scim.resource d
             where d.tenant = $1 and d.type = $2 and d.source = 'scim' and d.merged_into is null and d.former_name_key = w.name_key
             order by 1 desc
             limit 1) f
     order by f.id, w.place
), restored as (
    update scim.resource r
       set doc = f.doc, version = r.version + 1, last_modified = now(), deleted_at = null
      from former f
     where r.tenant = $1 and r.id = f.former and (r.deleted_at is not null) is true
    returning r.id, r.version, r.created, r.last_modified, case when $5::boolean then r.doc end, null::text, true, f.id as wanted
), taken as materialized (
    -- Of two who would be the same local account the first is.
    select distinct on (c.found) c.found, c.id, c.doc from claims c where c.found is not null order by c.found, c.place
), adopted as (
    -- By an array of ids, for which the planner takes the primary key whatever it thinks of how many there are.
    update scim.resource r
       set doc = (select c.doc from taken c where c.found = r.id), version = r.version + 1, last_modified = now(), source = 'scim'
     where r.tenant = $1 and r.id = any (array(select c.found from taken c)) and (r.source = 'local' and r.deleted_at is null) is true
       and r.protected is null
    returning r.id, r.version, r.created, r.last_modified, case when $5::boolean then r.doc end, null::text, true,
              (select c.id from taken c where c.found = r.id) as wanted
), created as (
    insert into scim.resource as r (tenant, type, id, doc)
    select $1, $2, w.id, w.doc
      from wanted w
     where w.id not in (select restored.wanted from restored)
       and w.id not in (select adopted.wanted from adopted)
       and w.id not in (select c.id from claims c where c.refusal is not null)
     order by w.place
        on conflict do nothing
    returning r.id, r.version, r.created, r.last_modified, case when $5::boolean then r.doc end, null::text, false, r.id as wanted
), missing as materialized (
    select w.id, w.doc
      from wanted w
     where w.id not in (select restored.wanted from restored)
       and w.id not in (select adopted.wanted from adopted)
       and w.id not in (select created.wanted from created)
       and w.id not in (select c.id from claims c where c.refusal is not null)
)
select r.*, null::text from restored r
 union all
select a.*, null::text from adopted a
 union all
select c.*, null::text from created c
 union all
select null, null, null, null, null, null, false, c.id, c.refusal from claims c where c.refusal is not null
 union all
select null, null, null, null, null, null, false, m.id, '' from missing m where scim.login_owner($1, m.doc, null) is not null
