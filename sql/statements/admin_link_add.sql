-- Records whom a login is. $1 tenant, $2 id, userId, issuer, subject
insert into scim.link as l (tenant, id, user_id, issuer, subject)
values ($1, ($2::jsonb ->> 'id')::uuid, ($2::jsonb ->> 'userId')::uuid, $2::jsonb ->> 'issuer', $2::jsonb ->> 'subject')
returning {{link_shown}}
