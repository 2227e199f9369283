-- Rejects held requests. $1 tenant, $2 state, until, holds
with h as (
{{hold_decided}}
returning 1
)
select jsonb_build_object('rejected', count(*)) from h
