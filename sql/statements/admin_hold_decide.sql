-- Releases or rejects a held request and those that are decided with it. $1 tenant, $2 state, until, holds, id
with h as (
{{hold_decided}}
returning h.*
)
select {{hold_shown}} from h where h.id = ($2::jsonb ->> 'id')::bigint
