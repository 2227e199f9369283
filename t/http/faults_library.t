# A library that PostgreSQL cannot load any more, as after an upgrade of its package while it runs: repeating a request
# never helps, so the answer and the log say who must do what. Also, the log names the server's version at the start.
use strict;
use warnings;
use File::Copy;
use Test::More;
use ScimTest;

my $t = ScimTest->new('library');
my $u = $t->make(Users => userName => 'u');

chomp(my $libraries = run_ok("$ENV{SCIM_TEST_PGBIN}/pg_config", '--pkglibdir'));
my $library = "$ENV{SCIM_TEST_WORK}/gone.so";
copy("$libraries/plpgsql.so", $library) or die "$library: $!";
sql("create function scim.gone() returns trigger language c as '$library', 'plpgsql_call_handler'");
unlink $library;
sql('create trigger zz_gone before insert on scim.resource for each row execute function scim.gone()');
my $res = $t->request(POST => '/Users', { schemas => [$USER], userName => 'v' });
is_error($res, 503, undef, 'The database needs its administrator before it can work again.', 'a library that is not there');
is($res->{headers}->header('Retry-After'), 5, 'Retry-After');
ok((log_lines('error_log', qr/\[scim:error\].*\Q$t->{tenant}\E.*503.*PostgreSQL 58P01: .*gone\.so.*restart PostgreSQL: its files were replaced while it ran/))[0],
    'the log says to restart PostgreSQL');
is($t->request(GET => "/Users/$u")->{status}, 200, 'what needs no library goes on');
sql('drop trigger zz_gone on scim.resource; drop function scim.gone()');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'v' })->{status}, 201, 'and so does the rest when it is there again');

my $version = sql('show server_version');
my @told = log_lines('error_log', qr/\[scim:notice\].*mod_scim \S+, schema version \d+, uses PostgreSQL \Q$version\E \(\S+ \d+ scim\); this httpd opens up to 16 of the 197 connections/);
ok(scalar @told, 'the log tells the server and its version at the start');
done_testing;
