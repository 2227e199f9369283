-- Locks held requests: the named ones, or all. $1 tenant, $2 arguments: holds
with h as materialized (
    select h.*
      from scim.hold h
     where h.tenant = $1
       and (h.state = 'held' and not $2::jsonb ? 'holds'
            or h.id in (select x.value::bigint from jsonb_array_elements_text($2::jsonb -> 'holds') x where x.value ~ '^[1-9][0-9]{0,17}$'))
     order by h.id
       for update
)
select jsonb_agg(jsonb_build_object('named', n.named) || coalesce(n.told, '{}') order by n.named, n.place) as found
  from (select x.value as named, min(x.ordinality) as place, (select {{hold_told}} from h where h.id::text = x.value) as told
          from jsonb_array_elements_text($2::jsonb -> 'holds') with ordinality x
         where $2::jsonb ? 'holds'
         group by x.value
         union all
        select h.id::text, 0, {{hold_told}} from h where not $2::jsonb ? 'holds') n
