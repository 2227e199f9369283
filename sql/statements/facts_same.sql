-- Whether no fact about the tenant's accounts has changed since a snapshot: the tally has no row that is newer. Each
-- change of accounts, memberships, grants, links, mappings, subscriptions and of the tenant adds one
-- (t/guards/38-tally). A tenant that is switched off may be one that is being removed, including its tally. $1 tenant,
-- $2 the snapshot
select exists (select from scim.tenant t where t.tenant = $1 and t.enabled)
       and not exists (select from scim.tally l
                        where l.tenant = $1 and l.xid >= pg_snapshot_xmin($2::pg_snapshot) and not pg_visible_in_snapshot(l.xid, $2::pg_snapshot))
