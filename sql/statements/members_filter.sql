-- Removes the members that a value path selects. Its condition fills `filter`.
-- $1 tenant, $2 group id, $3 whether there are protected accounts
with {{group}}, gone as materialized (
    select m.member_id
      from scim.membership m
     where m.tenant = $1 and m.group_id = (select grp.id from grp) and {{filter=true}}
       and {{theirs}}
), {{locked}}, {{removed}}, {{touched}}, {{protected}}
select case
           {{changed}}
       end,
       (select kept.refusal from kept)
