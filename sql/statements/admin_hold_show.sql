-- $1 tenant, $2 arguments: hold
select {{hold_shown}} from scim.hold h where h.tenant = $1 and h.id = {{hold_named}}
