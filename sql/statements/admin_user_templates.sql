-- The templates for new users. $1 tenant
select {{templates_listed}} as templates,
       case when (select true from scim.template x where x.tenant = $1 and strpos(lower(x.condition), 'groups') > 0 limit 1)
            then (select a.above from ({{templates_above}}) a) end as above
