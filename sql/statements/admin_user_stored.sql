-- A user that this transaction has locked. $1 tenant, $2 arguments: user
{{user_facts}}
   for update
