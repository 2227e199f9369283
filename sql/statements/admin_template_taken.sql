-- The other template that has the name, and the priority of a new one: after all others, with room between them.
-- $1 tenant, $2 arguments: name, priority, and for an existing one, template
select (select t.name
          from scim.template t
         where t.tenant = $1 and t.name_key = scim.fold($2::jsonb ->> 'name') and t.id is distinct from {{template_named}}) as taken,
       to_jsonb(coalesce(($2::jsonb ->> 'priority')::int, (select max(t.priority) from scim.template t where t.tenant = $1) / 10 * 10 + 10, 10))
           as priority,
       scim.time_text(now()) as created, scim.time_text(now()) as "lastModified"
