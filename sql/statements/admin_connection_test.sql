-- The facts with which a test of the connection begins. $1 tenant, $2 arguments: url, token
select x || {{based}} || jsonb_build_object('passed', null, 'steps', null, 'summary', null)
  from (select jsonb_build_object('tenant', $1::text) as x where $2::jsonb is not null) y
