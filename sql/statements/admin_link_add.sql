-- Links an identity to an account. $1 tenant, $2 id, userId, issuer, subject
with l as (
insert into scim.link (tenant, id, user_id, issuer, subject)
values ($1, ($2::jsonb ->> 'id')::uuid, ($2::jsonb ->> 'userId')::uuid, $2::jsonb ->> 'issuer', $2::jsonb ->> 'subject')
returning *
)
select {{link_shown}} from l
