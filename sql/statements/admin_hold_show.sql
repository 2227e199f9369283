-- $1 tenant, $2 arguments: hold
select scim.hold_json(scim.the_hold($1, $2::jsonb ->> 'hold'))
