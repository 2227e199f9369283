-- Whether nothing that decides about accounts has changed in a tenant since a snapshot: no row of the tally has come since. Each change of accounts,
-- memberships, grants, links, mappings, subscriptions and of the tenant adds one (t/guards/38-tally). A tenant that is switched off may be
-- one that is being removed, with its tally. $1 tenant, $2 the snapshot
select exists (select from scim.tenant t where t.tenant = $1 and t.enabled)
       and not exists (select from scim.tally l
                        where l.tenant = $1 and l.xid >= pg_snapshot_xmin($2::pg_snapshot) and not pg_visible_in_snapshot(l.xid, $2::pg_snapshot))
