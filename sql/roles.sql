-- The roles, their memberships and settings, and everybody's rights in the database. Each `scimctl db init` and
-- `scimctl db upgrade` executes this first, as the user who connects. It changes only what is missing, because a dump
-- of a database has none of it.
do $$
declare
    -- From version 16 on a membership has the options SET (the member may switch to the role) and INHERIT (the member
    -- has its rights). A user who creates roles without being a superuser gets a membership with neither.
    options  boolean := current_setting('server_version_num')::int >= 160000;
    takes_up text := case when options then 'set' else 'member' end;
    -- Whether the database is distributed over the servers of a Citus cluster; scimctl sets it (sql/distribute.sql).
    spread   boolean := coalesce(current_setting('scim.distributed', true) = 'on', false);
    spec     text;
    who      text;
    settings text[] := array [
        -- The statements are few and short, and planned once: planning again, or JIT compilation, costs more than
        -- executing them. Each has an index, which it is to use even if the statistics show large groups.
        'plan_cache_mode=force_generic_plan', 'enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off', 'jit=off',
        -- Objects in the schemas of others must have no effect; and a time without a zone is UTC, as in C.
        'search_path=pg_catalog, pg_temp', 'TimeZone=UTC'];
begin
    if current_setting('server_encoding') <> 'UTF8' then
        raise exception 'the database must be encoded in UTF8, not %', current_setting('server_encoding')
            using hint = 'create it with: createdb --encoding=UTF8 --template=template0 NAME';
    end if;

    -- scim_owner owns everything. scim_web is httpd's role; the operator gives it a password, or peer or certificate
    -- authentication. It owns nothing, and has the rights of scim_manage only after switching to that role.
    -- scim_manage executes administrators' operations: httpd's role and the owner switch to it for one transaction.
    -- Applications are members of scim_app, to read its views; it has no other rights.
    foreach spec in array array ['scim_owner nologin', 'scim_web login noinherit', 'scim_manage nologin', 'scim_app nologin'] loop
        continue when exists (select from pg_roles r where r.rolname = split_part(spec, ' ', 1));
        if not (select r.rolsuper or r.rolcreaterole from pg_roles r where r.rolname = current_user) then
            raise exception 'the role % is missing, and "%" may not create roles', split_part(spec, ' ', 1), current_user
                using hint = 'Connect as a user who may (CREATEROLE).';
        end if;
        execute 'create role ' || spec;
    end loop;
    begin
        if (select r.rolinherit from pg_roles r where r.rolname = 'scim_web') then
            alter role scim_web noinherit;
        end if;
        foreach spec in array settings loop
            continue when (select spec = any (r.rolconfig) from pg_roles r where r.rolname = 'scim_web');
            execute format('alter role scim_web set %s = %s', split_part(spec, '=', 1),
                           (select string_agg(quote_literal(v), ', ') from unnest(string_to_array(split_part(spec, '=', 2), ', ')) v));
        end loop;
        -- The servers of a cluster log in to each other as the current role. Citus finds the server by the tenant, so
        -- it plans again for each tenant; and a function in a statement reads on the server where it is called. Only
        -- in this database: another one may be on one server.
        foreach who in array case when spread then array ['scim_web', 'scim_manage', 'scim_owner'] else '{}' end loop
            if not (select r.rolcanlogin from pg_roles r where r.rolname = who) then
                execute format('alter role %I login', who);
            end if;
            -- All but the first line, which is about plans.
            foreach spec in array settings [2:] || array ['plan_cache_mode=force_custom_plan', 'citus.allow_nested_distributed_execution=on'] loop
                continue when exists (
                    select from pg_db_role_setting s
                     where s.setrole = who::regrole and spec = any (s.setconfig)
                       and s.setdatabase = (select d.oid from pg_database d where d.datname = current_database()));
                execute format('alter role %I in database %I set %s = %s', who, current_database(), split_part(spec, '=', 1),
                               (select string_agg(quote_literal(v), ', ') from unnest(string_to_array(split_part(spec, '=', 2), ', ')) v));
            end loop;
        end loop;
    exception
        when insufficient_privilege then
            raise warning 'the settings of role scim_web could not be set: %', sqlerrm;
    end;

    if not pg_has_role('scim_owner', 'scim_manage', takes_up) then
        execute 'grant scim_manage to scim_owner' || case when options then ' with inherit true, set true' else '' end;
    end if;
    if not pg_has_role('scim_web', 'scim_manage', takes_up) or options and pg_has_role('scim_web', 'scim_manage', 'usage') then
        execute 'grant scim_manage to scim_web' || case when options then ' with inherit false, set true' else '' end;
    end if;
    -- The user who gives the schema to its owner must be able to switch to that role.
    if not pg_has_role(current_user, 'scim_owner', takes_up) or options and not pg_has_role(current_user, 'scim_owner', 'usage') then
        execute format('grant scim_owner to %I%s', current_user, case when options then ' with inherit true, set true' else '' end);
    end if;

    -- PostgreSQL lets everybody create temporary tables. Nobody needs them here, and nobody's definitions there should
    -- have an effect.
    if exists (select
                 from pg_database d
                cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                where d.datname = current_database() and a.grantee = 0 and a.privilege_type = 'TEMPORARY') then
        if (select pg_has_role(current_user, d.datdba, 'usage') from pg_database d where d.datname = current_database()) then
            execute format('revoke temporary on database %I from public', current_database());
        else
            raise warning 'everybody may create temporary tables in this database'
                using hint = format('Let its owner run: revoke temporary on database %I from public;', current_database());
        end if;
    end if;
end
$$;
