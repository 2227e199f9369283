-- Doctor: a database that is close to the number of transaction ids at which PostgreSQL stops accepting writes.
select (age(d.datfrozenxid) / 1000000)::text from pg_catalog.pg_database d where d.datname = current_database() and age(d.datfrozenxid) > 1000000000
