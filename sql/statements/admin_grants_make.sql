-- Adds the grants that users keep. $1 tenant, $2 granted: a list of id, userId, subscriptionId or role, source, since,
-- joined
insert into scim.access_grant (tenant, id, user_id, subscription_id, role, source, granted_by, granted, joined)
select $1, x.id, x."userId", x."subscriptionId", x.role, x.source, $actor, x.since, x.joined
  from jsonb_to_recordset($2::jsonb -> 'granted') x (id uuid, "userId" uuid, "subscriptionId" uuid, role text, source text, since timestamptz,
                                                     joined timestamptz)
returning 1
