-- Adds members. An existing member costs a look-up and changes nothing; a value that is no resource of the tenant is
-- refused.
-- $1 tenant, $2 group id, $3 member ids
with {{group}}, absent as materialized (
    select w.id
      from unnest($3::uuid[]) w (id)
     -- A scalar subquery stays one look-up for each id; "not exists" would be planned as a join with all members.
     where (select true from scim.membership m where m.tenant = $1 and m.group_id = $2::uuid and m.member_id = w.id) is null
        -- A resource that clients do not see counts as missing. Nothing is looked up if the tenant has no such
        -- resources.
        or (select true from scim.resource x
             where x.tenant = $1 and x.type = 'User' and x.source <> 'scim' and x.deleted_at is null limit 1)
           and (select u.source from scim.resource u where u.tenant = $1 and u.id = w.id) = 'local'
), found as (
    -- The lock prevents that a member is deleted before this commits.
    select f.id, f.type
      from (select r.id, r.type
              from scim.resource r
             where r.tenant = $1 and r.id in (select absent.id from absent) and r.type in ('User', 'Group') and r.wire
             order by r.id
               for key share of r) f
), changed as (
    insert into scim.membership (tenant, group_id, member_id, member_type)
    select $1, grp.id, found.id, found.type
      from grp, found
     where found.id <> grp.id
        on conflict do nothing
    returning member_id
), noted as (
    insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name, after)
    select $1, {{actor}}, 'add-members', 'Group', grp.id::text, grp.name, jsonb_build_object('members', c.members)
      from grp, (select jsonb_agg(changed.member_id) as members from changed) c
     where c.members is not null
    returning 1
), {{touched}}
select case
           {{changed}}
           when exists (select from absent where absent.id = $2::uuid)
               then scim.refuse('SC400', format('members: a group cannot be a member of itself (%s)', $2))
           when exists (select 1 from absent where absent.id not in (select found.id from found))
               then scim.refuse('SC400', format('members: "%s" is no User or Group of this tenant. Assign that user or group to the application in the identity provider '
                                                'first, so that it is created here before it is a member.',
                                                (select absent.id from absent where absent.id not in (select found.id from found) limit 1)))
       end
