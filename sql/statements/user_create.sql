-- Makes users, or brings back former ones, as the tenant's setting says: those that were deleted, and those that are inactive. Or
-- makes local accounts provisioned ones. One whose userName is taken gets no row in the answer, and the others are made; one who
-- is refused for another reason gets a row with that, which is empty where the login e-mail address is taken.
-- $1 tenant, $2 type, $3 ids of new ones, $4 as many documents (a JSON list), $5 whether to answer with the documents, $6 ids of those
-- whose externalId names one person by itself
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
    select w.id, w.doc, w.place, w.external_id, w.named, w.doc -> 'active' is distinct from 'false' as on, t.restore = 'userName' as by_name,
           case when t.restore = 'userName' or not w.named then scim.fold(w.doc ->> 'userName') end as name_key
      from (select w.*, w.doc ->> 'externalId' as external_id,
                   not w.doc ? 'externalId' or w.id = any ($6::uuid[]) as named
              from wanted w) w, scim.tenant t
     where t.tenant = $1 and t.restore <> 'never' and w.id not in (select claims.id from claims)
), alike as materialized (
    -- Former users with the same externalId, and whether that is enough. Of very many, as where it is the same for all, the last ones.
    -- One who is inactive and is to stay so is there already, unless it is to be renamed.
    select a.id as wanted, d.id, d.deleted_at is null as there,
           a.named
           or a.name_key = scim.fold(d.doc ->> 'userName')
           or exists (select from jsonb_array_elements(d.doc -> 'emails') e
                        join jsonb_array_elements(a.doc -> 'emails') s on scim.fold(s ->> 'value') = scim.fold(e ->> 'value')) as same
      from asked a
     cross join lateral (
            select d.id, d.doc, d.deleted_at
              from scim.resource d
             where d.tenant = $1 and d.type = $2 and d.source = 'scim'
               and d.merged_into is null and d.external_id = a.external_id
               and (d.deleted_at is not null
                    or not d.active and (a.on or d.user_name_key <> scim.fold(a.doc ->> 'userName'))) is true
             order by d.deleted_at is null desc, d.id desc
             limit 100) d
), former as materialized (
    -- One who is there before one who was deleted, and the last one. Of two who would be the same former user the first is.
    select distinct on (f.id) f.id as former, a.id, a.doc
      from asked a
     cross join lateral (
            select k.id, k.there from alike k where k.wanted = a.id and k.same
             union all
            select d.id, false
              from scim.resource d
             where d.tenant = $1 and d.type = $2 and d.source = 'scim' and d.merged_into is null and d.former_name_key = a.name_key
               and (a.by_name or d.external_id = a.external_id) is true
               and (a.by_name or not a.named)
             union all
            select d.id, true
              from scim.resource d
             where d.tenant = $1 and d.type = $2 and d.source = 'scim' and d.merged_into is null and d.user_name_key = a.name_key
               and (not d.active and (a.by_name or d.external_id = a.external_id)) is true
               and a.on and (a.by_name or not a.named)
             order by 2 desc, 1 desc
             limit 1) f
     order by f.id, a.place
), restored as (
    update scim.resource r
       set doc = case when r.deleted_at is null and not f.doc ? 'roles' and r.doc ? 'roles'
                     then f.doc || jsonb_build_object('roles', r.doc -> 'roles') else f.doc end,
           version = r.version + 1, last_modified = now(), deleted_at = null
      from former f
     where r.tenant = $1 and r.id = f.former and (r.deleted_at is not null or not r.active) is true
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
select r.*, null::text, null::text from restored r
 union all
select a.*, null::text, null::text from adopted a
 union all
select c.*, null::text,
       (select set_config('scim.reason', format('A new account was made. The %s user %s has the same externalId, which has fewer than 16 '
                   'characters, and neither the userName nor an e-mail address is the same: it may be another person. Map an attribute '
                   'to externalId that no two people share.', case when k.there then 'inactive' else 'deleted' end, k.id), true)
          from alike k where k.wanted = c.wanted and not k.same order by k.there desc, k.id desc limit 1)
  from created c
 union all
select null, null, null, null, null, null, false, c.id, c.refusal, null from claims c where c.refusal is not null
 union all
select null, null, null, null, null, null, false, m.id, '', null from missing m where scim.login_owner($1, m.doc, null) is not null
