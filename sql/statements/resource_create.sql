-- Makes resources. One whose unique value is taken gets no row in the answer, and the others are made.
-- $1 tenant, $2 type, $3 ids, $4 as many documents (a JSON list), $5 whether to answer with the documents
with {{wanted}}
insert into scim.resource as r (tenant, type, id, doc)
select $1, $2, w.id, w.doc
  from wanted w
 order by w.place
    on conflict do nothing
returning r.id, r.version, r.created, r.last_modified, case when $5::boolean then r.doc end,
          null::text,
          false,
          r.id,
          null::text,
          null::text
