-- Removes members; a value that is no member, or that clients do not see, is not an error.
-- $1 tenant, $2 group id, $3 whether there are protected accounts, $4 member ids
with {{group}}, gone as materialized (
    select m.member_id
      from scim.membership m
     where m.tenant = $1 and m.group_id = (select grp.id from grp) and m.member_id = any ($4::uuid[])
       and {{theirs}}
), {{locked}}, {{removed}}, {{touched}}, {{protected}}
select case
           {{changed}}
       end,
       (select kept.refusal from kept)
