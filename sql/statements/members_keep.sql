-- Removes all members except these, and except those that clients do not see.
-- $1 tenant, $2 group id, $3 whether there are protected accounts, $4 member ids
with {{group}}, gone as materialized (
    select m.member_id
      from scim.membership m
     where m.tenant = $1 and m.group_id = (select grp.id from grp)
       and case when m.member_id in (select unnest($4::uuid[])) then false else {{theirs}} end
), {{locked}}, {{removed}}, {{touched}}, {{protected}}
select case
           {{changed}}
       end,
       (select kept.refusal from kept)
