-- Revokes a token; one that is revoked already stays as it is. A key id comes before a name, and the unrevoked token of
-- a name before its revoked namesakes. No row where the tenant does not exist; a row without key id where it has no such
-- token.
-- $1 tenant text
-- $2 key id or name text
-- $3 revoked by text
with found as (
    select tenant, key_id
    from scim.token
    where tenant = $1::text and (key_id = $2::text or name = $2::text)
    order by key_id = $2::text desc, revoked is null desc, revoked desc
    limit 1
), done as (
    update scim.token t
    set revoked = coalesce(t.revoked, now()),
        revoked_by = case when t.revoked is null then $3::text else t.revoked_by end
    from found
    where t.tenant = $1::text and t.key_id = found.key_id
    returning t.*
)
select n.tenant, {{token_row}}
from scim.tenant n
left join done t on t.tenant = n.tenant
left join scim.resource u on u.tenant = t.tenant and u.id = t.user_id
where n.tenant = $1::text
