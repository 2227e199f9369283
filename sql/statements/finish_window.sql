-- The end of a part of a Bulk request: where the tenant is watched, all of the request must be one transaction (SC0WT).
-- $1 tenant
select case
           when scim.concerns('w') and pg_current_xact_id_if_assigned() is not null
               then scim.refuse('SC0WT', $1)
       end
