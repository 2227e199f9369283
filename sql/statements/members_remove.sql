-- Removes members; who is none, or is not seen by clients, is no error.
-- $1 tenant, $2 group id, $3 member ids
with {{group}}, changed as (
    delete from scim.membership m
     where m.tenant = $1 and m.group_id = (select grp.id from grp) and m.member_id = any ($3::uuid[])
       and {{theirs}}
    returning m.member_id
), {{touched}}
select case
           {{changed}}
       end
