-- Tokens: why a request is refused.

-- Refuses a token with the reason, or returns true. It is called only if the token's row does not have `open` for the request.
-- `about` is r or w, for a request that reads or writes, followed by the only user that the request concerns: an id, or "me".
-- The digest is compared as sha256(digest || blind), with a random `blind`, so that the time of the comparison reveals nothing.
create function scim.examine(of_tenant text, of_key text, blinded bytea, blind bytea, address text, about text,
                             refusers text[]) returns boolean
    language plpgsql volatile
as $$
declare
    t     scim.token;
    there boolean;
    known boolean;
begin
    select * into t from scim.token where tenant = of_tenant and key_id = of_key;
    there := found;
    -- The token's own digest, or that of one of its access tokens.
    known := there and (sha256(t.digest || blind) = blinded
        or exists (select
                     from scim.access_token a
                    where a.tenant = of_tenant and a.key_id = of_key and a.expires > now() and sha256(a.digest || blind) = blinded));
    return case
        when not there
            then scim.refuse('SC401', 'no such token')
        when not known
            then scim.refuse('SC40S', format('the secret is not that of the token "%s"', t.name))
        when t.revoked is not null
            then scim.refuse('SC40R', format('token "%s" was revoked', t.name))
        when t.expires <= now()
            then scim.refuse('SC40E', format('token "%s" has expired', t.name))
        when not t.tenant_enabled
            then scim.refuse('SC403', 'Provisioning is switched off for this tenant. An administrator can switch it on again.')
        when t.addresses is not null and (address::inet <<= any (t.addresses)) is not true
            then scim.refuse('SC403', format('The token "%s" may not be used from this address. An administrator can add it to the addresses of the token.', t.name))
        when t.confined and substr(about, 2) not in ('me', t.user_id::text)
            then scim.refuse('SC403', format('The token "%s" is for /Me alone: it belongs to the user "%s". An administrator can make one that is for the whole tenant.',
                t.name, (select u.doc ->> 'userName' from scim.resource u where u.tenant = of_tenant and u.id = t.user_id)))
        when about like 'w%' and t.read_only
            then scim.refuse('SC403', format('The token "%s" may only read. Use one that may write, or let an administrator allow it to this one.', t.name))
        when t.tenant_profile = any (refusers)
            then scim.refuse('SC40P', t.tenant_profile)
        else true
    end;
end
$$;

-- Which of these key ids belong to a token of any tenant: the only query over all tenants. It has the owner's rights, because with row-level security
-- PostgreSQL does not use an index on an expression.
create function scim.anywhere(keys text[]) returns text[]
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return array(select k.key_id from scim.token k where k.key_id || '' = any (keys));
end
$$;
revoke execute on function scim.anywhere from public;
grant execute on function scim.anywhere to scim_manage;
