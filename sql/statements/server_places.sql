-- How many connections PostgreSQL gives to the current user: those that are kept for superusers do not count.
select case when u.rolconnlimit < 0 then s.places else least(s.places, u.rolconnlimit) end
  from pg_catalog.pg_roles u,
       lateral (select current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
                       - coalesce(current_setting('reserved_connections', true)::integer, 0) as places) s
 where u.rolname = current_user
