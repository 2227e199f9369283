-- Removes the members that a value path selects. Its condition takes the place of `true /* filter */`.
-- $1 tenant, $2 group id
with {{group}}, changed as (
    delete from scim.membership m
     where m.tenant = $1 and m.group_id = (select grp.id from grp) and true /* filter */
       and {{theirs}}
    returning m.member_id
), {{touched}}
select case
           {{changed}}
       end
