-- The first sources by which accounts have a subscription, after a place in the order of seats and in that order.
-- `item` is the account's representation, if this is its first source and its names match the search; else null.
-- $1 tenant, $2 subscription, $3 since, $4 joined and $5 user of the place, $6 how many, $7 the text to search for, or
-- null
select f.since, f.joined, f.user_id,
       case when g.first = array [f.since, f.joined] then jsonb_build_object(
           'userId', f.user_id, 'userName', r.doc -> 'userName', 'displayName', r.doc -> 'displayName', 'since', scim.time_text(f.since),
           'sources', g.sources, 'why', g.why) end as item
  from (select distinct x.since, x.joined, x.user_id
          from scim.first_grounds($1, $2::uuid, ($3::timestamptz, $4::timestamptz, $5::uuid)::scim.place, $6::int) x
         order by x.since, x.joined, x.user_id
         limit $6::int) f
 cross join lateral (
        select r.doc, concat_ws(E'\n', r.user_name_key, r.display_name_key) as names from scim.resource r where r.tenant = $1 and r.id = f.user_id offset 0) r
  left join lateral (
        -- Read only for the accounts that are shown.
        select min(array [g.since, g.joined]) as first,
               jsonb_agg(scim.source_json(g.source, g.source_id, g.name, g.through, g.since) order by g.since, g.source, g.name) as sources,
               jsonb_agg(scim.source_text(g.source, g.name, g.through, g.since) order by g.since, g.source, g.name) as why
          from scim.ground g
         where g.tenant = $1 and g.user_id = f.user_id and g.subscription_id = $2::uuid
           and ($7::text is null or position((select scim.fold($7::text)) in r.names) > 0)
        offset 0) g on true
 order by f.since, f.joined, f.user_id
