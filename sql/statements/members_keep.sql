-- Removes all members but these.
-- $1 tenant, $2 group id, $3 member ids
with {{group}}, changed as (
    delete from scim.membership m
     using grp
     where m.tenant = $1 and m.group_id = grp.id
       and not exists (select from unnest($3::uuid[]) w (id) where w.id = m.member_id)
    returning m.member_id
), {{touched}}
select case
           {{changed}}
       end
