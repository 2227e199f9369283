-- The groups for conditions about groups. $1 tenant
{{templates_above}}
