-- Doctor: a server that is too old. Columns of these statements fill the places %1, %2, ... of a finding (doctor.c); no row: all is well.
select current_setting('server_version') where current_setting('server_version_num')::integer < 150000
