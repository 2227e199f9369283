-- What the audit log, activity and the guard cost each write, made less.
--
-- PostgreSQL makes each default, policy, index predicate and expression of a function ready again in each transaction, which costs
-- more than to carry it out. So the settings of a transaction that the audit log asks for are always set by who writes, and taken as
-- they are:
--
--   scim.noted  where the audit log begins to tell of the transaction: set with the actor, where anybody will ask
--   scim.same   the names of the members of a document that its new version has alike, for the one update that follows; empty
--               where they are to be found out
--   scim.group  the group (id and name) that a statement takes members into or out of: set by each that does so for a client

set local role scim_owner;

-- --- the guard ----------------------------------------------------------------------------------------------------------------

-- How many people each request of a watched tenant has taken access from: what the guard adds up, so that nothing is kept for it
-- where nobody is watched. `users` of them are no longer active.
create table scim.loss (
    tenant text collate "C" not null,
    at     timestamptz not null default now(),
    weight bigint not null,
    users  bigint not null
);
create index loss_at on scim.loss (tenant, at);
alter table scim.loss alter column tenant set (n_distinct = 10);
select scim.let_manage('loss', 'select, insert, delete');
create policy web on scim.loss to scim_web using (coalesce(tenant = current_setting('scim.tenant', true), false));
create policy owner on scim.loss to scim_owner using (true);
grant select, insert, delete on scim.loss to scim_web;

drop index scim.audit_weight;

-- What the last hour took from people, by the audit log, which is read backwards by its key.
create function scim.add_up_losses(of_tenant text) returns void
    language plpgsql
as $$
declare
    a scim.audit;
begin
    delete from scim.loss l where l.tenant = of_tenant;
    for a in select x.* from scim.audit x where x.tenant = of_tenant order by x.id desc loop
        exit when a.at <= now() - interval '1 hour';
        if a.weight > 0 and a.actor_kind = 'token' then
            insert into scim.loss (tenant, at, weight, users)
            values (a.tenant, a.at, a.weight, case a.object_type when 'User' then a.weight else 0 end);
        end if;
    end loop;
end
$$;

-- What was taken before there was a guard counts too.
create function scim.begin_guard() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform scim.add_up_losses(new.tenant);
    return null;
end
$$;
revoke execute on function scim.add_up_losses, scim.begin_guard from public;
create trigger begin_guard after update of guard_limit, guard_share on scim.tenant
    for each row when (old.guard_limit is null and old.guard_share is null and (new.guard_limit is not null or new.guard_share is not null))
    execute function scim.begin_guard();
select scim.add_up_losses(t.tenant) from scim.tenant t where t.guard_limit is not null or t.guard_share is not null;

-- The last word on a transaction of a tenant that is watched, which has written something: true, or a refusal, which undoes
-- everything. A dry run is one (SC0DR); what would have changed is told before, in a message that no log has.
create or replace function scim.watch(of_tenant text, of_method text, of_path text, of_fingerprint text) returns boolean
    language plpgsql
as $$
declare
    t     scim.tenant;
    lost  scim.loss; -- by this request
    total bigint;
    gone  bigint; -- of the total, the users who are no longer active
    most  bigint;
begin
    select x.* into t from scim.tenant x where x.tenant = of_tenant;
    if t.dry_run then
        raise info using message = scim.changes(of_tenant)::text;
        raise exception using errcode = 'SC0DR', message = 'the tenant runs dry';
    end if;
    if t.guard_until > now() then
        return true;
    end if;
    select of_tenant, now(), sum(a.weight), coalesce(sum(a.weight) filter (where a.object_type = 'User'), 0) into lost
      from scim.audit a
     where a.tenant = of_tenant and a.id >= current_setting('scim.noted')::bigint and a.xid = pg_current_xact_id();
    if coalesce(lost.weight, 0) = 0 then
        return true;
    end if;
    if exists (select from scim.hold h
                where h.tenant = of_tenant and h.token = current_setting('scim.actor_key') and h.method = of_method and h.path = of_path
                  and h.fingerprint = of_fingerprint and h.state = 'rejected' and h.decided > now() - interval '1 day') then
        perform scim.refuse('SC403', 'An administrator has rejected this request, because it would take access away from many people. Nothing was changed. It is refused for a day; the administrator can release it.');
    end if;
    -- Two at once would each not see what the other does.
    perform pg_advisory_xact_lock(hashtextextended('scim.guard ' || of_tenant, 0));
    select lost.weight + coalesce(sum(l.weight), 0), lost.users + coalesce(sum(l.users), 0) into total, gone
      from scim.loss l
     where l.tenant = of_tenant and l.at > greatest(now() - interval '1 hour', t.guard_until);
    most := least(t.guard_limit, case when t.guard_share is not null then scim.guard_share(of_tenant, t.guard_share, total, gone) end);
    if total > most then
        raise exception using errcode = 'SC429', detail = jsonb_build_object('weight', lost.weight, 'total', total, 'threshold', most)::text,
            message = format('Held by the guard against mass changes: with this request %s would have lost access within an hour, and this tenant allows %s. Nothing was changed. An administrator can release or reject the request; send it again after that.',
                             case total when 1 then '1 person' else total || ' people' end, most);
    end if;
    delete from scim.loss l where l.tenant = of_tenant and l.at <= now() - interval '1 hour';
    insert into scim.loss select lost.*;
    return true;
end
$$;

-- --- the audit log ------------------------------------------------------------------------------------------------------------

-- Says where the audit log begins to tell of this transaction, or before that.
drop function scim.mark;
create function scim.mark() returns text
    language plpgsql
as $$
begin
    return set_config('scim.noted', (select s.last_value::text from scim.audit_id s), true);
end
$$;

-- Who has set no actor is the database's own user; what is empty is shown as missing.
alter table scim.audit
    alter actor_kind set default coalesce(current_setting('scim.actor_kind', true), 'database'),
    alter actor      set default coalesce(current_setting('scim.actor', true), session_user),
    alter actor_key  set default current_setting('scim.actor_key', true),
    alter request    set default current_setting('scim.request', true);

create or replace function scim.audit_json(a scim.audit) returns jsonb
    language sql stable
as $$
    select jsonb_build_object('id', a.id::text, 'at', to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                              'actorKind', a.actor_kind, 'actor', a.actor, 'actorKey', nullif(a.actor_key, ''),
                              'request', nullif(a.request, ''), 'action', a.action, 'objectType', a.object_type,
                              'objectId', a.object_id, 'objectName', a.object_name, 'before', a.before, 'after', a.after)
$$;

-- Writes one row of the audit log. The triggers below, which each write passes, do so by themselves: a call costs as much again.
create or replace function scim.note(of_tenant text, action text, object_type text, object_id text, object_name text, before jsonb,
                                     after jsonb, weight int default 0) returns void
    language plpgsql
as $$
begin
    insert into scim.audit (tenant, action, object_type, object_id, object_name, before, after, weight)
    values (of_tenant, action, object_type, object_id, object_name, before, after, weight);
end
$$;

create or replace function scim.audit_resource() returns trigger
    language plpgsql
as $$
begin
    if tg_op = 'INSERT' then
        insert into scim.audit (tenant, action, object_type, object_id, object_name, after)
        values (new.tenant, 'create', new.type, new.id::text,
                coalesce(new.doc ->> 'userName', new.doc ->> 'value', new.doc ->> 'displayName'), new.doc);
    else
        insert into scim.audit (tenant, action, object_type, object_id, weight)
        values (old.tenant, 'erase', old.type, old.id::text,
                case old.type when 'User' then old.active::int when 'Group' then scim.people_in(old.tenant, array[old.id]) else 0 end);
    end if;
    return null;
end
$$;

-- Notes any change of a resource.
create function scim.note_change(old scim.resource, new scim.resource) returns void
    language plpgsql
as $$
declare
    action text := case
                       when new.deleted_at is not null and old.deleted_at is null then 'delete'
                       when new.deleted_at is null and old.deleted_at is not null then 'restore'
                       when new.source = 'local' and old.source = 'scim' then 'unlink'
                       when new.source = 'scim' and old.source = 'local' then 'adopt'
                       else 'update'
                   end;
    lost   int := case
                      when new.type = 'Group' and action = 'delete' then scim.people_in(new.tenant, array[new.id])
                      else (old.active and not new.active)::int
                  end;
    before jsonb := scim.differing(old.doc || scim.facts(old), new.doc || scim.facts(new));
    after  jsonb := scim.differing(new.doc || scim.facts(new), old.doc || scim.facts(old));
begin
    if action = 'update' and before is null and after is null then
        return;
    end if;
    perform scim.note(new.tenant, action, new.type, new.id::text,
                      coalesce(new.doc ->> 'userName', new.doc ->> 'value', new.doc ->> 'displayName'), before, after, lost);
end
$$;

-- Whoever writes a document that it has read before says which members of it are the same as before (scim.same), for this one time:
-- to find that out here costs as much as all the rest. An assignment costs less than "perform", which is a query.
create or replace function scim.audit_change() returns trigger
    language plpgsql
as $$
declare
    same  text := current_setting('scim.same', true);
    unset text;
begin
    if new.type = 'Group' then
        unset := set_config('scim.group', '', true); -- it may be called otherwise now
    end if;
    if (same <> '' and new.role is not distinct from old.role) is not true then
        perform scim.note_change(old, new);
        return null;
    end if;
    unset := set_config('scim.same', '', true);
    insert into scim.audit (tenant, action, object_type, object_id, object_name, weight, before, after)
    values (new.tenant, 'update', new.type, new.id::text,
            coalesce(new.doc ->> 'userName', new.doc ->> 'value', new.doc ->> 'displayName'), (old.active and not new.active)::int,
            nullif(old.doc - same::text[], '{}'), nullif(new.doc - same::text[], '{}'));
    return null;
end
$$;

-- What a group is called.
create or replace function scim.group_name(of_tenant text, group_id uuid) returns text
    language plpgsql stable
as $$
begin
    return (select r.doc ->> 'displayName' from scim.resource r where r.tenant = of_tenant and r.id = group_id);
end
$$;

-- One row for each group that a statement has changed the members of. A client's statement has said which one it is about; what
-- else has gone with it is found out.
create function scim.audit_added() returns trigger
    language plpgsql
as $$
declare
    named text := current_setting('scim.group', true);
begin
    if named <> '' then
        insert into scim.audit (tenant, action, object_type, object_id, object_name, after)
        select current_setting('scim.tenant'), 'add-members', 'Group', left(named, 36), substr(named, 37),
               jsonb_build_object('members', jsonb_agg(c.member_id))
          from changed c
        having bool_and(c.group_id = left(named, 36)::uuid);
        if found or not exists (select from changed) then
            return null;
        end if;
    end if;
    insert into scim.audit (tenant, action, object_type, object_id, object_name, after)
    select c.tenant, 'add-members', 'Group', c.group_id::text, scim.group_name(c.tenant, c.group_id),
           jsonb_build_object('members', jsonb_agg(c.member_id order by c.member_id))
      from changed c
     group by c.tenant, c.group_id;
    return null;
end
$$;

-- The first protected user who is in one of these groups, or in a group in them; null where there is none. From the users up: there
-- are few of them, and groups may be large.
create function scim.protected_in(of_tenant text, group_ids uuid[]) returns text
    language plpgsql stable
as $$
begin
    return (with recursive up (user_id, group_id) as (
                select p.id, m.group_id
                  from scim.resource p
                  join scim.membership m on m.tenant = of_tenant and m.member_id = p.id
                 where p.tenant = of_tenant and p.protected is not null and p.deleted_at is null
                 union
                select u.user_id, m.group_id
                  from up u
                  join scim.membership m on m.tenant = of_tenant and m.member_id = u.group_id)
            select r.doc ->> 'userName'
              from up u
              join scim.resource r on r.tenant = of_tenant and r.id = u.user_id
             where u.group_id = any (group_ids)
             order by u.user_id
             limit 1);
end
$$;

-- Refuses that provisioning takes one of these out of a group, who is protected, or in which somebody is who is.
create function scim.keep_members(ids uuid[]) returns void
    language plpgsql
as $$
declare
    protected text;
begin
    if current_setting('scim.actor_kind', true) is distinct from 'token' then
        return;
    end if;
    select p.doc ->> 'userName' into protected
      from scim.resource p
     where p.tenant = current_setting('scim.tenant') and p.protected is not null and p.deleted_at is null and p.id = any (ids)
     order by p.id
     limit 1;
    if found then
        perform scim.refuse('SC403', format('members: the user "%s" is protected. Provisioning may not take it out of a group; an administrator can.',
            protected));
    end if;
    protected := scim.protected_in(current_setting('scim.tenant'), ids);
    if protected is not null then
        perform scim.refuse('SC403', format('members: the user "%s", who is in a group in this one, is protected. Provisioning may not take '
            'it out of a group; an administrator can.', protected));
    end if;
end
$$;

-- Whoever is deleted, and for that leaves, weighs by that.
create function scim.audit_removed() returns trigger
    language plpgsql
as $$
declare
    named  text := current_setting('scim.group', true);
    leaves boolean;
begin
    if scim.concerns('p') then
        perform scim.keep_members(array(select c.member_id from changed c));
    end if;
    if named <> '' then
        insert into scim.audit (tenant, action, object_type, object_id, object_name, before, weight)
        select current_setting('scim.tenant'), 'remove-members', 'Group', left(named, 36), substr(named, 37),
               jsonb_build_object('members', jsonb_agg(c.member_id)),
               count(*) filter (where c.member_type = 'User')
          from changed c
        having bool_and(c.group_id = left(named, 36)::uuid and c.member_type = 'User');
        if found or not exists (select from changed) then
            return null;
        end if;
    end if;
    leaves := coalesce(current_setting('scim.leaves', true), '') <> '';
    if leaves then
        perform set_config('scim.leaves', '', true);
    end if;
    insert into scim.audit (tenant, action, object_type, object_id, object_name, before, weight)
    select g.tenant, 'remove-members', 'Group', g.group_id::text,
           scim.group_name(g.tenant, g.group_id), g.list,
           case when leaves then 0 else g.users + case when g.groups is null then 0 else scim.people_in(g.tenant, g.groups) end end
      from (select c.tenant, c.group_id, jsonb_build_object('members', jsonb_agg(c.member_id order by c.member_id)) as list,
                   count(*) filter (where c.member_type = 'User') as users,
                   array_agg(c.member_id) filter (where c.member_type = 'Group') as groups
              from changed c
             group by c.tenant, c.group_id) g;
    return null;
end
$$;

drop function scim.stored_name;
drop trigger audit_members_added on scim.membership;
drop trigger audit_members_removed on scim.membership;
drop function scim.audit_members;
create trigger audit_members_added after insert on scim.membership referencing new table as changed
    for each statement execute function scim.audit_added();
create trigger audit_members_removed after delete on scim.membership referencing old table as changed
    for each statement execute function scim.audit_removed();

-- --- who may add to the logs --------------------------------------------------------------------------------------------------

-- What a transaction adds tells of what it has just written, behind the wall; nobody has to look at it again. What is there already
-- stays behind the wall.
do $$
declare
    t text;
begin
    foreach t in array array ['audit', 'activity'] loop
        execute format('drop policy web on scim.%I', t);
        execute format('create policy web on scim.%I for select to scim_web using (coalesce(tenant = current_setting(''scim.tenant'', true), false))', t);
        execute format('create policy web_add on scim.%I for insert to scim_web with check (true)', t);
    end loop;
end
$$;

reset role;
