-- Doctor: a database that comes near to where PostgreSQL stops taking writes (transaction ids).
select (age(d.datfrozenxid) / 1000000)::text from pg_catalog.pg_database d where d.datname = current_database() and age(d.datfrozenxid) > 1000000000
