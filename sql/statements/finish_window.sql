-- The end of a part of a Bulk request that has written something: the request's row, which says that the request is not finished.
-- Where the tenant is watched, all of the request must be one transaction (SC0WT). $1 to $16 as of the statement `finish`
{{activity_row}}
 where case
           when pg_current_xact_id_if_assigned() is null then false
           when scim.concerns('w') then scim.refuse('SC0WT', $1)
           else true
       end
{{activity_again}}
