-- Activity: the requests of clients and their outcome.

-- Creates the partitions of this week and the next four, and drops those older than `keep`. If another transaction is doing this, it does
-- nothing.
create function scim.keep_activity(keep interval) returns jsonb
    language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' set timezone = 'UTC'
as $$
declare
    week    timestamptz;
    piece   text;
    made    int := 0;
    dropped int := 0;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('scim.keep_activity', 0)) then
        return jsonb_build_object('made', 0, 'dropped', 0);
    end if;
    for i in 0 .. 4 loop
        week := date_trunc('week', now()) + i * interval '7 days';
        piece := 'activity_' || to_char(week, 'YYYYMMDD');
        continue when to_regclass('scim.' || piece) is not null;
        -- Attaching a table locks the partitioned table less than creating a partition does, so that no request waits.
        execute format('create table scim.%I (like scim.activity including all)', piece);
        execute format('alter table scim.%I enable row level security', piece);
        execute format('with moved as (delete from scim.activity_default where at >= %L and at < %L returning *)
                        insert into scim.%I select * from moved', week, week + interval '7 days', piece);
        execute format('alter table scim.activity attach partition scim.%I for values from (%L) to (%L)',
                       piece, week, week + interval '7 days');
        made := made + 1;
    end loop;
    for piece in select c.relname
                   from pg_inherits i
                   join pg_class c on c.oid = i.inhrelid
                  where i.inhparent = 'scim.activity'::regclass and c.relname ~ '^activity_[0-9]{8}$'
                    and to_timestamp(right(c.relname, 8), 'YYYYMMDD') + interval '7 days' <= now() - keep
                  order by 1 loop
        execute format('drop table scim.%I', piece);
        dropped := dropped + 1;
    end loop;
    delete from scim.activity_default where at < now() - keep;
    delete from scim.hold h where h.state <> 'held' and h.decided < now() - greatest(keep, interval '1 day');
    return jsonb_build_object('made', made, 'dropped', dropped);
end
$$;
revoke execute on function scim.keep_activity from public;
grant execute on function scim.keep_activity to scim_web, scim_manage;

-- Creates missing partitions; drops none.
select scim.keep_activity(interval '100 years');

-- The members that a change of a group has added or removed. The view has the owner's rights, so that the index on the members is used in spite of
-- row-level security, and restricts the tenant itself.
create view scim.member_audit as
select a.tenant, a.id, a.action, a.object_id, coalesce(a.after, a.before) -> 'members' as members
  from scim.audit a
 where a.action in ('add-members', 'remove-members') and coalesce(current_setting('scim.tenant', true) in (a.tenant, '*'), false);
grant select on scim.member_audit to scim_manage;
