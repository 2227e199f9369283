-- The audit log: append-only, in the transaction of the change.
--
-- C makes the entries for changes of clients and administrators (mod_scim/rules/entry.h, noun.h); statements write them.

-- --- members of groups -----------------------------------------------------------------------------------------------

-- The ids of 500 members of a group after one, in their order. By its index, whatever the statistics say of groups: this forbids to sort
-- all members of a large one for each 500 of them.
create function scim.member_ids(of_tenant text, of_group uuid, after uuid) returns uuid[]
    language plpgsql stable set enable_sort = off
as $$
begin
    return array(select m.member_id
                   from scim.membership m
                  where m.tenant = of_tenant and m.group_id = of_group and m.member_id > after
                  order by m.member_id limit 500);
end
$$;
