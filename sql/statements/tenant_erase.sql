-- Erases a piece of a tenant that is being removed: that many rows of each table, and the tenant itself if there was nothing
-- else to erase. Referenced rows are erased after the rows that refer to them. The audit log stays. Rows that a request
-- which began earlier may still change are found by their keys: a change makes another version of the row, with another
-- ctid. What such a request adds is erased by the next piece.
-- $1 tenant, $2 arguments: rows
with most as materialized (
    select ($2::jsonb ->> 'rows')::int as n
      from scim.tenant t
     where t.tenant = $1 and not t.enabled and t.removing is not null
       for update
), gone_activity as (
    -- By time and not by ctid, because activity consists of several tables.
    delete from scim.activity a
     where a.tenant = $1 and (select m.n from most m) > 0
       and a.at <= coalesce((select x.at from scim.activity x where x.tenant = $1 order by x.at offset (select m.n - 1 from most m) limit 1), 'infinity')
    returning 1
), gone_access_token as (
    delete from scim.access_token x
     where x.tenant = $1 and x.ctid = any (array(select y.ctid from scim.access_token y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_token as (
    delete from scim.token x
     where x.tenant = $1 and x.key_id = any (array(select y.key_id from scim.token y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
       and (select count(*) from gone_access_token) < (select m.n from most m)
    returning 1
), gone_hold as (
    delete from scim.hold x
     where x.tenant = $1 and x.id = any (array(select y.id from scim.hold y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_loss as (
    delete from scim.loss x
     where x.tenant = $1 and x.ctid = any (array(select y.ctid from scim.loss y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_not_duplicate as (
    delete from scim.not_duplicate x
     where x.tenant = $1 and x.ctid = any (array(select y.ctid from scim.not_duplicate y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_batch_item as (
    delete from scim.batch_item x
     where x.tenant = $1 and x.ctid = any (array(select y.ctid from scim.batch_item y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_batch as (
    delete from scim.batch x
     where x.tenant = $1 and x.id = any (array(select y.id from scim.batch y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_link as (
    delete from scim.link x
     where x.tenant = $1 and x.id = any (array(select y.id from scim.link y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_first_login as (
    delete from scim.first_login x
     where x.tenant = $1 and x.user_id = any (array(select y.user_id from scim.first_login y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_access_grant as (
    delete from scim.access_grant x
     where x.tenant = $1 and x.id = any (array(select y.id from scim.access_grant y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_mapping as (
    delete from scim.mapping x
     where x.tenant = $1 and x.id = any (array(select y.id from scim.mapping y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_subscription as (
    delete from scim.subscription x
     where x.tenant = $1 and x.id = any (array(select y.id from scim.subscription y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
       and (select count(*) from gone_access_grant) < (select m.n from most m)
       and (select count(*) from gone_mapping) < (select m.n from most m)
    returning 1
), gone_template as (
    delete from scim.template x
     where x.tenant = $1 and x.id = any (array(select y.id from scim.template y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_flag as (
    delete from scim.flag x
     where x.tenant = $1 and x.name_key = any (array(select y.name_key from scim.flag y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_group_size as (
    delete from scim.group_size x
     where x.tenant = $1 and x.group_id = any (array(select y.group_id from scim.group_size y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_application_group as (
    delete from scim.application_group x
     where x.tenant = $1 and x.group_id = any (array(select y.group_id from scim.application_group y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_membership as (
    delete from scim.membership x
     where x.tenant = $1 and x.ctid = any (array(select y.ctid from scim.membership y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_lookup as (
    delete from scim.lookup x
     where x.tenant = $1 and x.ctid = any (array(select y.ctid from scim.lookup y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_tally as (
    delete from scim.tally x
     where x.tenant = $1 and x.ctid = any (array(select y.ctid from scim.tally y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone_resource as (
    delete from scim.resource x
     where x.tenant = $1 and x.id = any (array(select y.id from scim.resource y where y.tenant = $1 limit coalesce((select m.n from most m), 0)))
    returning 1
), gone as materialized (
    select sum(g.n) as total
      from (select count(*) as n from gone_activity
                 union all
                select count(*) as n from gone_access_token
                 union all
                select count(*) as n from gone_token
                 union all
                select count(*) as n from gone_hold
                 union all
                select count(*) as n from gone_loss
                 union all
                select count(*) as n from gone_not_duplicate
                 union all
                select count(*) as n from gone_batch_item
                 union all
                select count(*) as n from gone_batch
                 union all
                select count(*) as n from gone_link
                 union all
                select count(*) as n from gone_first_login
                 union all
                select count(*) as n from gone_access_grant
                 union all
                select count(*) as n from gone_mapping
                 union all
                select count(*) as n from gone_subscription
                 union all
                select count(*) as n from gone_template
                 union all
                select count(*) as n from gone_flag
                 union all
                select count(*) as n from gone_group_size
                 union all
                select count(*) as n from gone_application_group
                 union all
                select count(*) as n from gone_membership
                 union all
                select count(*) as n from gone_lookup
                 union all
                select count(*) as n from gone_tally
                 union all
                select count(*) as n from gone_resource) g
), last as (
    delete from scim.tenant t
     where t.tenant = $1 and (select g.total = 0 from gone g, most)
    returning t.tenant, t.display_name
), noted as (
    insert into scim.audit (tenant, {{actor_columns}}, action, object_type, object_id, object_name)
    select $1, {{actor}}, 'erase', 'Tenant', l.tenant, l.display_name from last l
    returning 1
)
select jsonb_build_object('erased', (select g.total from gone g), 'done', exists (select from last))
