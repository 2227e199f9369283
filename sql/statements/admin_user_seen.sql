-- The same without a lock. $1 tenant, $2 arguments: user
{{user_facts}}
