-- The user that stays, which is locked. $1 tenant, $2 arguments: user, into
{{into_facts}}
   for update
