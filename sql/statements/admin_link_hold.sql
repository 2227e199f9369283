-- Locks a link. $1 tenant, $2 arguments: link
select {{link_shown}} as "is" from scim.link l where l.tenant = $1 and l.id = scim.as_id($2::jsonb ->> 'link') for update
