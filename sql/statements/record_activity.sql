-- $1 what was gathered (JSON)
select scim.record_activity($1::jsonb)
