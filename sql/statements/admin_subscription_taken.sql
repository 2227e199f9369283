-- The other subscription that has the name. $1 tenant, $2 arguments: name, and for an existing one, subscription
select (select s.name
          from scim.subscription s
         where s.tenant = $1 and s.name_key = scim.fold($2::jsonb ->> 'name') and s.id is distinct from {{subscription_named}}) as taken,
       scim.time_text(now()) as created
