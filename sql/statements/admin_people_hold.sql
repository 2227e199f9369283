-- Locks the groups that users are going to join, and then the users, each by id, in the same order as all transactions
-- that change several resources (resource_hold.sql). Missing ones are not an error here. $1 tenant, $2 groups (a list
-- of names), users (a list of ids)
select l.held
  from (select r.type, r.id
          from (select {{group_found}} as id from jsonb_array_elements_text($2::jsonb -> 'groups') n (name)
                 union
                select u.value::uuid from jsonb_array_elements_text($2::jsonb -> 'users') u) w
         cross join lateral (select x.type, x.id from scim.resource x where x.tenant = $1 and x.id = w.id offset 0) r
         order by r.type, r.id) o
 cross join lateral (select true as held from scim.resource x where x.tenant = $1 and x.id = o.id offset 0 for update) l
