-- Records that accounts are different people: each pair of them. $1 tenant, $2 users
with pair as (
    insert into scim.not_duplicate (tenant, one, other, decided_by)
    select $1, one.id::uuid, other.id::uuid, $acting::text
      from jsonb_array_elements_text($2::jsonb -> 'users') one (id)
      join jsonb_array_elements_text($2::jsonb -> 'users') other (id) on one.id::uuid < other.id::uuid
        on conflict do nothing
    returning one
)
select jsonb_build_object('pairs', (select count(*) from pair))
