-- How many connections PostgreSQL allows the current user, without those reserved for superusers.
select case when u.rolconnlimit < 0 then s.places else least(s.places, u.rolconnlimit) end
  from pg_catalog.pg_roles u,
       lateral (select current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
                       - coalesce(current_setting('reserved_connections', true)::integer, 0) as places) s
 where u.rolname = current_user
