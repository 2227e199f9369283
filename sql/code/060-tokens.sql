-- Tokens: what stands against one.

-- Everything that can stand against a token, for the request that a look at `open` has not let through.
-- `about` is r or w, for a request that reads or writes, and then the one user that it is about, by id, or "me".
-- The digest comes as sha256(digest || blind), `blind` being random, so that the time of the comparison tells nothing.
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
    -- Its own text, or that of an access token that it was exchanged for.
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

-- Which of these key ids are those of some tenant's token: the one question that is about all tenants. With the owner's rights, because behind row-level
-- security no index of an expression is asked.
create function scim.anywhere(keys text[]) returns text[]
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return array(select k.key_id from scim.token k where k.key_id || '' = any (keys));
end
$$;
revoke execute on function scim.anywhere from public;
grant execute on function scim.anywhere to scim_manage;
