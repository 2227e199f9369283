-- For tests and benchmarks alone, which write rows of tables themselves: triggers that give such rows what belongs to them, by the functions that administrators' operations use. They leave alone what the product itself writes, whose roles are others.
create schema fixture;
grant usage on schema fixture to public;

create function fixture.acts() returns boolean
    language sql stable
    return current_user <> all (array ['scim_web', 'scim_manage', 'scim_owner']);

create function fixture.before_resource() returns trigger
    language plpgsql
as $$
declare
    nobody scim.resource;
    asked  scim.resource := new;
begin
    if not fixture.acts() then
        return new;
    end if;
    if tg_op = 'UPDATE' then
        nobody := old;
    end if;
    new := scim.ruled(new, nobody);
    -- What a test says of the keys itself counts.
    new.display_name_key := coalesce(new.display_name_key, asked.display_name_key);
    return new;
end
$$;

create function fixture.after_resource() returns trigger
    language plpgsql
as $$
begin
    if not fixture.acts() then
        return null;
    end if;
    if tg_op = 'DELETE' then
        perform scim.follow_up(null, old);
        perform scim.note(old.tenant, 'erase', old.type, old.id::text, null, null, null);
        perform scim.forget(old.tenant, old.id);
    elsif tg_op = 'INSERT' then
        perform scim.follow_up(new, null);
        perform scim.note(new.tenant, 'create', new.type, new.id::text, coalesce(new.doc ->> 'userName', new.doc ->> 'displayName'), null, new.doc);
    else
        perform scim.follow_up(new, old);
        perform scim.note_change(old, new);
    end if;
    return null;
end
$$;

create function fixture.made() returns trigger
    language plpgsql
as $$
begin
    if fixture.acts() then
        perform scim.apply_templates(g.tenant, g.ids)
           from (select a.tenant, array_agg(a.id) as ids from added a where a.type = 'User' group by a.tenant) g
          where exists (select from scim.template t where t.tenant = g.tenant);
    end if;
    return null;
end
$$;

-- As protecting and unprotecting an account does.
create function fixture.protect() returns trigger
    language plpgsql
as $$
begin
    if not fixture.acts() or (new.protected is null) = (old.protected is null) then
        return new;
    end if;
    if new.protected is not null then
        perform scim.pin_access(new.tenant, new.id);
    else
        delete from scim.access_grant a where a.tenant = new.tenant and a.user_id = new.id and a.source = 'protected';
    end if;
    return new;
end
$$;

create function fixture.spread() returns trigger
    language plpgsql
as $$
begin
    if fixture.acts() then
        perform scim.spread(new.tenant);
    end if;
    return null;
end
$$;

create function fixture.joined() returns trigger
    language plpgsql
as $$
declare
    g record;
begin
    if not fixture.acts() then
        return null;
    end if;
    for g in select a.tenant, a.group_id, array_agg(a.member_id) as ids, array_agg(a.member_id) filter (where a.member_type = 'Group') as groups
               from added a group by a.tenant, a.group_id loop
        if g.groups is not null then
            perform scim.keep_nesting(g.tenant, g.group_id, g.groups);
        end if;
        perform scim.note_joined(g.tenant, g.group_id, g.ids);
    end loop;
    return null;
end
$$;

create function fixture.departed() returns trigger
    language plpgsql
as $$
begin
    if fixture.acts() then
        perform scim.note_left(g.tenant, g.group_id, g.ids, cardinality(g.ids))
           from (select d.tenant, d.group_id, array_agg(d.member_id) as ids from departed d group by d.tenant, d.group_id) g;
    end if;
    return null;
end
$$;

create function fixture.tenant() returns trigger
    language plpgsql
as $$
begin
    if not fixture.acts() then
        return null;
    end if;
    if tg_op = 'INSERT' then
        perform scim.add_built_in_roles(new.tenant);
        return null;
    end if;
    perform scim.spread(new.tenant);
    if old.guard_limit is null and old.guard_share is null and (new.guard_limit is not null or new.guard_share is not null) then
        perform scim.add_up_losses(new.tenant);
    end if;
    return null;
end
$$;

-- Fills a token's copies. The lock makes a token that is made while its tenant changes wait for the change, which the next statement then
-- sees.
create function fixture.with_copies(k scim.token) returns scim.token
    language plpgsql
as $$
begin
    perform from scim.tenant t where t.tenant = k.tenant for share;
    select t.enabled, t.profile, t.nests, scim.keeps(t), scim.token_traits(t, k.confined)
      into k.tenant_enabled, k.tenant_profile, k.tenant_nests, k.keeps, k.traits
      from scim.tenant t where t.tenant = k.tenant;
    return k;
end
$$;

create function fixture.token() returns trigger
    language plpgsql
as $$
begin
    return case when fixture.acts() then fixture.with_copies(new) else new end;
end
$$;

create function fixture.template() returns trigger
    language plpgsql
as $$
begin
    if fixture.acts() then
        perform scim.spread(coalesce(new.tenant, old.tenant));
    end if;
    return null;
end
$$;

create function fixture.subscription() returns trigger
    language plpgsql
as $$
begin
    if not fixture.acts() then
        return null;
    end if;
    if tg_op = 'INSERT' then
        perform scim.make_entitlement(new);
    else
        perform scim.change_entitlement(case tg_op when 'DELETE' then old else new end, tg_op = 'DELETE');
    end if;
    return null;
end
$$;

create function fixture.access_grant() returns trigger
    language plpgsql
as $$
begin
    if fixture.acts() then
        perform scim.note_grant(case tg_op when 'INSERT' then 'grant' else 'withdraw' end, case tg_op when 'INSERT' then new else old end);
    end if;
    return null;
end
$$;

create trigger fixture_before before insert or update on scim.resource for each row execute function fixture.before_resource();
create trigger fixture_after after insert or update or delete on scim.resource for each row execute function fixture.after_resource();
create trigger fixture_made after insert on scim.resource referencing new table as added for each statement execute function fixture.made();
create trigger fixture_protect before update of protected on scim.resource for each row execute function fixture.protect();
create trigger fixture_spread after update of protected on scim.resource for each row execute function fixture.spread();
create trigger fixture_joined after insert on scim.membership referencing new table as added
    for each statement execute function fixture.joined();
create trigger fixture_departed after delete on scim.membership referencing old table as departed
    for each statement execute function fixture.departed();
create trigger fixture_tenant after insert or update on scim.tenant for each row execute function fixture.tenant();
create trigger fixture_token before insert on scim.token for each row execute function fixture.token();
create trigger fixture_template after insert or delete on scim.template for each row execute function fixture.template();
create trigger fixture_subscription after insert or update or delete on scim.subscription for each row execute function fixture.subscription();
create trigger fixture_access_grant after insert or delete on scim.access_grant for each row execute function fixture.access_grant();
