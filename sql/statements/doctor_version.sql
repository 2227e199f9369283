-- Doctor: a server that is too old. The columns of these statements replace %1, %2, ... in a finding (doctor.c); no
-- row: no finding.
select current_setting('server_version') where current_setting('server_version_num')::integer < 150000
