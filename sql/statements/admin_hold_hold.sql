-- Locks a held request. $1 tenant, $2 arguments: hold, minutes
select {{hold_shown}} as "is", {{hold_told}} as told, h.state = 'released' as released, h.state <> 'held' as decided,
       scim.time_text(now() + coalesce(($2::jsonb ->> 'minutes')::int, 60) * interval '1 minute') as until
  from (select h.* from scim.hold h where h.tenant = $1 and h.id = {{hold_named}} for update) h
