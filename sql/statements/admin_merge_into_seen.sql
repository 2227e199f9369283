-- The same of one that is only looked at. $1 tenant, $2 arguments: user, into
{{into_facts}}
