-- Marks accounts of a batch as undone. $1 tenant, $2 batch, users (a list of ids)
with noted as (
    update scim.batch_item i
       set undone = now()
     where i.tenant = $1 and i.batch_id = (select ($2::jsonb ->> 'batch')::uuid)
       and i.user_id = any (array(select u.value::uuid from jsonb_array_elements_text($2::jsonb -> 'users') u))
)
update scim.batch b set undone = least(b.undone, now()) where b.tenant = $1 and b.id = ($2::jsonb ->> 'batch')::uuid
