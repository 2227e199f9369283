-- Removes a deleted resource from its groups, which get a new version. It is a separate statement, so that it sees
-- memberships that were added while the deletion waited for the row. Deleting a user counts once: the memberships
-- removed with it add nothing to the guard's total.
-- $1 tenant, $2 id
with left_groups as (
    delete from scim.membership m
     where m.tenant = $1 and m.member_id = $2::uuid
    returning m.group_id
), touched as (
    update scim.resource g
       set version = g.version + 1, last_modified = now(), modified_hour = scim.hour(now())
     where g.tenant = $1 and g.id in (select l.group_id from left_groups l)
    returning g.id, g.doc ->> 'displayName' as name
), counted as (
    insert into scim.tally (tenant, type, n) select $1, 'Group', 0 where exists (select from touched)
    returning 1
)
insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, before)
select $1, {{actor}}, 'remove-members', 'Group', t.id::text, t.name, jsonb_build_object('members', jsonb_build_array($2::uuid))
  from touched t
returning 1
