-- Tokens: what stands against one, and what administrators do with them.

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
            then scim.refuse('SC403', format('The token "%s" may not be used from this address.', t.name))
        when t.confined and substr(about, 2) not in ('me', t.user_id::text)
            then scim.refuse('SC403', format('The token "%s" is for /Me alone: it belongs to the user "%s". An administrator can make one that is for the whole tenant.',
                t.name, (select u.doc ->> 'userName' from scim.resource u where u.tenant = of_tenant and u.id = t.user_id)))
        when about like 'w%' and t.read_only
            then scim.refuse('SC403', format('The token "%s" may only read.', t.name))
        when t.tenant_profile = any (refusers)
            then scim.refuse('SC40P', t.tenant_profile)
        else true
    end;
end
$$;

-- --- what administrators do ------------------------------------------------------------------------------------------

create function scim.token_status(t scim.token) returns text
    language sql stable
as $$
    select case
        when t.revoked is not null then 'revoked'
        when t.expires <= now() then 'expired'
        when t.expires <= now() + interval '14 days' then 'expiring'
        else 'active'
    end
$$;

-- --- silence ---------------------------------------------------------------------------------------------------------

-- For how many minutes a token may not be used without anybody wondering: as its administrator says, else half as long again as its
-- longest gap of two weeks, an hour at least. Null: nobody knows.
create function scim.patience(t scim.token) returns int
    language sql immutable
as $$
    select coalesce(t.expect_every, case when t.longest_gap is not null then greatest(t.longest_gap * 3 / 2, 60) end)
$$;

-- Whether a valid token has not been used for too long.
create function scim.is_quiet(t scim.token) returns boolean
    language sql stable
as $$
    select t.revoked is null and t.expires > now() and t.tenant_enabled
           and coalesce(coalesce(t.last_used, t.created) < now() - scim.patience(t) * interval '1 minute', false)
           and (t.last_used is not null or t.expect_every is not null)
$$;

-- 26 hours, 40 minutes.
create function scim.span_text(minutes bigint) returns text
    language sql immutable
    return case when minutes < 120 then minutes || case minutes when 1 then ' minute' else ' minutes' end
                when minutes < 2880 then minutes / 60 || ' hours'
                else minutes / 1440 || ' days' end;

create function scim.quiet_text(t scim.token) returns text
    language sql stable
as $$
    select case when t.last_used is null then format('The token "%s" has never been used; it should be every %s.', t.name, scim.span_text(t.expect_every))
                else format('The token "%s" has not been used for %s; it %s every %s.', t.name,
                            scim.span_text((extract(epoch from now() - t.last_used) / 60)::bigint),
                            case when t.expect_every is not null then 'should be' else 'usually is' end,
                            scim.span_text(coalesce(t.expect_every, t.usual_gap))) end
$$;

-- --- as it is shown --------------------------------------------------------------------------------------------------

-- Never its digest.
-- Not in the form that PostgreSQL ties to the columns: their types may change.
create function scim.token_json(t scim.token) returns jsonb
    language plpgsql stable
as $$
begin
    return jsonb_build_object(
        'tenant', t.tenant, 'keyId', t.key_id, 'name', t.name, 'description', t.description, 'status', scim.token_status(t),
        'created', scim.time_text(t.created), 'createdBy', t.created_by, 'expires', scim.time_text(t.expires),
        'revoked', scim.time_text(t.revoked), 'revokedBy', t.revoked_by, 'lastUsed', scim.time_text(t.last_used),
        'lastAddress', t.last_address, 'readOnly', t.read_only, 'addresses', to_jsonb(t.addresses::text[]), 'rate', t.rate,
        'burst', t.burst, 'expectEvery', t.expect_every, 'usualEvery', t.usual_gap, 'quiet', scim.is_quiet(t),
        'scope', case when t.confined then 'me' else 'tenant' end, 'userId', t.user_id,
        'userName', (select u.doc ->> 'userName' from scim.resource u where u.tenant = t.tenant and u.id = t.user_id),
        'external', t.external);
end
$$;

-- What of it changes by itself is no part of its version.
create function scim.token_version(token_json jsonb) returns jsonb
    language sql immutable parallel safe
    return token_json - array['status', 'lastUsed', 'lastAddress', 'userName', 'usualEvery', 'quiet'];

-- --- near their end --------------------------------------------------------------------------------------------------

-- The tokens that end within so much time, each once a day, whichever httpd asks.
create function scim.warn_tokens(within interval) returns table (tenant text, name text, key_id text, expires text)
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        with w as (
            update scim.token k
               set warned = now()
              from scim.tenant t
             where t.tenant = k.tenant and t.enabled and k.revoked is null and k.expires > now() and k.expires <= now() + within
               and (k.warned is null or k.warned < now() - interval '1 day')
            returning k.tenant, k.name, k.key_id, k.expires
        )
        select w.tenant, w.name, w.key_id, to_char(w.expires at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') from w;
end
$$;
revoke execute on function scim.warn_tokens from public;
grant execute on function scim.warn_tokens to scim_web;

-- Learns the gaps between the uses of so many tokens that were used and that nobody has looked at for a day: the moments of two weeks, five
-- minutes apart at least, each found by one look-up. Fewer than twenty gaps, or three days, say nothing.
create function scim.learn_gaps(most int) returns int
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    k scim.token;
    n int := 0;
begin
    for k in
        select t.*
          from scim.token t
         where t.revoked is null and t.expires > now() and t.last_used > now() - interval '1 day'
           and (t.learned is null or t.learned < now() - interval '1 day')
         order by t.learned nulls first
         limit most loop
        -- Another httpd may be at it.
        perform from scim.token t
          where t.tenant = k.tenant and t.key_id = k.key_id and t.learned is not distinct from k.learned
            for update skip locked;
        continue when not found;
        with recursive moment (at) as (
            (select a.at
               from scim.activity a
              where a.tenant = k.tenant and a.token = k.key_id and a.at >= k.last_used - interval '14 days'
              order by a.at
              limit 1)
             union all
            select (select a.at
                      from scim.activity a
                     where a.tenant = k.tenant and a.token = k.key_id and a.at >= m.at + interval '5 minutes'
                     order by a.at
                     limit 1)
              from moment m
             where m.at is not null),
        gap as (
            select extract(epoch from m.at - lag(m.at) over (order by m.at)) / 60 as minutes, m.at from moment m where m.at is not null)
        update scim.token t
           set learned = now(), usual_gap = x.usual, longest_gap = x.longest
          from (select case when count(g.minutes) >= 20 and max(g.at) - min(g.at) >= interval '3 days'
                            then greatest(1, round((percentile_cont(0.5) within group (order by g.minutes))::numeric)) end::int as usual,
                       case when count(g.minutes) >= 20 and max(g.at) - min(g.at) >= interval '3 days' then ceil(max(g.minutes)) end::int as longest
                  from gap g) x
         where t.tenant = k.tenant and t.key_id = k.key_id;
        n := n + 1;
    end loop;
    return n;
end
$$;
revoke execute on function scim.learn_gaps from public;
grant execute on function scim.learn_gaps to scim_web;

-- The tokens that have fallen silent, each once a day, whichever httpd asks.
create function scim.tell_quiet() returns table (tenant text, said text)
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    k scim.token;
begin
    for k in select t.*
               from (select * from scim.token) t
              where scim.is_quiet(t::scim.token) and (t.quiet_told is null or t.quiet_told < now() - interval '1 day') loop
        -- Another httpd may have told it.
        update scim.token t
           set quiet_told = now()
         where t.tenant = k.tenant and t.key_id = k.key_id and t.quiet_told is not distinct from k.quiet_told;
        if found then
            tenant := k.tenant;
            said := scim.quiet_text(k);
            return next;
        end if;
    end loop;
end
$$;
revoke execute on function scim.tell_quiet from public;
grant execute on function scim.tell_quiet to scim_web;
