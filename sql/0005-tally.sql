-- How many resources a tenant has, without counting them, and whether anything of a tenant has changed.
--
-- Each resource that comes onto the wire, or leaves it, adds a row of 1 or -1 to scim.tally; any other change of one adds a row
-- of 0. Rows are only ever added, so no writer waits for another one; and a row is seen when what it counts is seen, so the
-- sum is exact in every snapshot.
--
-- What was found in one snapshot still holds in a later one where that sees no row of the tenant from a transaction that the
-- first did not see. Memberships change the version of their group, so they are among the changes.

set local role scim_owner;

create table scim.tally (
    tenant text collate "C" not null,
    type   text collate "C" not null,
    n      bigint not null,
    xid    xid8 not null default pg_current_xact_id()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index tally_tenant on scim.tally (tenant, xid);

-- Makes one row of each type out of those that earlier transactions have left: those of this one may be as many as it changes
-- resources, and would be looked through again and again. A database that was restored from a dump has rows of transactions that
-- are yet to come. Rows that another one is folding are its own.
-- With the owner's rights: the web role takes nothing away.
create function scim.fold_tally(of_tenant text) returns void
    language plpgsql security definer set search_path = pg_catalog set enable_seqscan = off
as $$
begin
    with folded as (
        delete from scim.tally t
         where t.ctid = any (array(select l.ctid
                                     from scim.tally l
                                    where l.tenant = of_tenant and l.xid < pg_current_xact_id()
                                      for update skip locked)
                          || array(select l.ctid
                                     from scim.tally l
                                    where l.tenant = of_tenant and l.xid > pg_current_xact_id()
                                      for update skip locked))
        returning t.type, t.n
    )
    insert into scim.tally (tenant, type, n)
    select of_tenant, f.type, sum(f.n) from folded f group by f.type;
end
$$;

-- One of a hundred changes folds.
create function scim.keep_tally() returns trigger
    language plpgsql
as $$
begin
    insert into scim.tally (tenant, type, n)
    values (coalesce(new.tenant, old.tenant), coalesce(new.type, old.type),
            (new.id is not null and new.deleted_at is null)::int - (old.id is not null and old.deleted_at is null)::int);
    if random() < 0.01 then
        perform scim.fold_tally(coalesce(new.tenant, old.tenant));
    end if;
    return null;
end
$$;

create trigger keep_tally after insert or update or delete on scim.resource
    for each row execute function scim.keep_tally();

insert into scim.tally (tenant, type, n)
select r.tenant, r.type, count(*)
  from scim.resource r
 where r.deleted_at is null
 group by r.tenant, r.type;

alter table scim.tally enable row level security;
alter table scim.tally force row level security;
create policy web on scim.tally to scim_web using (coalesce(tenant = current_setting('scim.tenant', true), false));
create policy owner on scim.tally to scim_owner using (true);
grant select, insert on scim.tally to scim_web;
revoke execute on function scim.fold_tally from public;
grant execute on function scim.fold_tally to scim_web;

reset role;
