-- What a condition that asks for groups is asked of. $1 tenant
{{templates_above}}
