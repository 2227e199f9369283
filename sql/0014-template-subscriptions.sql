-- A subscription that a template grants stays.

set local role scim_owner;

create function scim.keep_template_subscriptions() returns trigger
    language plpgsql
as $$
declare
    name text;
begin
    select t.name into name from scim.template t where t.tenant = old.tenant and old.id = any (t.subscriptions) order by t.priority, t.id limit 1;
    if name is not null then
        perform scim.fail('SC409', 'subscription',
            format('The subscription "%s" is in use: the template "%s" gives it. Change that first.', old.name, name));
    end if;
    return old;
end
$$;

create trigger keep_templates before delete on scim.subscription
    for each row execute function scim.keep_template_subscriptions();

reset role;
