# A connection pooler between httpd and PostgreSQL: in session mode everything works. Transaction mode does not work
# with prepared statements in pgbouncer before 1.21; there no request executes the statement of another one: it is
# correct, or refused with a reason.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time sleep);
use ScimTest;

my ($pgbouncer) = grep { -x } map { "$_/pgbouncer" } qw(/usr/sbin /usr/bin /usr/local/bin);
plan skip_all => 'missing: pgbouncer' unless $pgbouncer;

my $dir = "$ENV{SCIM_TEST_WORK}/pgbouncer";
mkdir $dir or die "$dir: $!";
my $t = ScimTest->new('pooler');
my $pid;

sub write_file { open my $file, '>', $_[0] or die "$_[0]: $!"; print $file $_[1]; close $file or die "$_[0]: $!" }
sub stop { return unless $pid; kill TERM => $pid; waitpid $pid, 0; undef $pid }
END { local $?; stop() }

sub start {
    my ($mode, $size) = @_;
    write_file("$dir/users", "\"scim_web\" \"\"\n");
    write_file("$dir/ini", <<"INI");
[databases]
scim = host=$ENV{PGHOST} port=5432
[pgbouncer]
listen_port = 6432
unix_socket_dir = $ENV{PGHOST}
logfile = $dir/log
auth_type = trust
auth_file = $dir/users
pool_mode = $mode
default_pool_size = $size
INI
    $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>&', \*STDOUT;
        exec $pgbouncer, "$dir/ini";
    }
    ok(eventually(sub { -S "$ENV{PGHOST}/.s.PGSQL.6432" }), "pgbouncer is there, in $mode mode");
}

sub ask { my ($method, $path, $json) = @_; $t->request($method, $path, $json, ':host' => 'pooled.test') }
sub together {
    my @sockets = map { my $s = connect_httpd(); print $s substr $_, 0, -1; $s } my @bytes = map { s/^Host: .*?\r\n/Host: pooled.test\r\n/mr } @_;
    print { $sockets[$_] } substr $bytes[$_], -1 for 0 .. $#bytes;
    return map { read_reply($_) } @sockets;
}

start('session', 40);
my $res = ask(POST => '/Users', { schemas => [$USER], userName => 'u', title => 'old' });
is($res->{status}, 201, 'POST');
my $u = $res->{json}{id};
$res = ask(POST => '/Groups', { schemas => [$GROUP], displayName => 'g' });
is($res->{status}, 201, 'POST of a group');
my $g = $res->{json}{id};
is(ask(PATCH => "/Users/$u", { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'new' }] })->{status}, 200, 'PATCH');
is($t->row($u)->{doc}{title}, 'new', 'it is stored');
is(ask(PATCH => "/Groups/$g", { schemas => [$PATCH], Operations => [{ op => 'add', path => 'members', value => [{ value => $u }] }] })->{status}, 204, 'a member');
is_json($t->stored_members($g), [$u], 'it is stored');
is(ask(GET => '/Users?filter=userName%20eq%20%22u%22')->{json}{totalResults}, 1, 'a filter');
my %count;
$count{ $_->{status} }++ for together(map { ($t->raw_request(GET => "/Users/$u"), $t->raw_request(GET => "/Groups/$g"),
    $t->raw_request(GET => '/Users?filter=userName%20eq%20%22u%22')) } 1 .. 8);
is_json(\%count, { 200 => 24 }, '24 requests at once');
is(sql("select count(*) from pg_stat_activity where usename = 'scim_web' and state like 'idle in%'"), 0, 'no transaction is left open');

# A request also stops waiting for a lock in time when a pooler is used.
my $locker = fork // die "fork: $!";
if (!$locker) {
    open STDOUT, '>', '/dev/null';
    open STDERR, '>&', \*STDOUT;
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -c), 'begin; lock table scim.token; select pg_sleep(60)';
}
ok(eventually(sub { sql("select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted
    and relation = 'scim.token'::regclass") > 0 }), 'the table of tokens is locked');
my $begun = time;
is(ask(DELETE => "/Users/$u")->{status}, 503, 'a request that waits for it is answered 503');
cmp_ok(time - $begun, '<', 4, 'in time');
sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where query like 'begin; lock table scim.token%'");
waitpid $locker, 0;
is($t->row($u)->{deleted}, false, 'and not done later');

# Transaction mode: few connections for many clients, whose statements may or may not be prepared on them.
stop();
start('transaction', 2);
my @answers = map { together(map { ($t->raw_request(GET => "/Users/$u"), $t->raw_request(GET => "/Groups/$g"),
    $t->raw_request(GET => '/Users?filter=userName%20eq%20%22u%22')) } 1 .. 8) } 1 .. 3;
is_json([grep { $_ != 200 && $_ != 503 } map { $_->{status} } @answers], [], 'transaction mode: 200 or 503');
cmp_ok(scalar(grep { $_->{status} == 503 } @answers), '>', 0, 'some are refused');
my @wrong = grep { my $n = $_ % 3; my $j = $answers[$_]{json}; $answers[$_]{status} == 200
    && ($n == 0 ? ($j->{userName} // '') ne 'u' : $n == 1 ? ($j->{displayName} // '') ne 'g' : ($j->{totalResults} // 0) != 1) } 0 .. $#answers;
is_json(\@wrong, [], 'no answer is that of another statement');
ok((log_lines('error_log', qr/\[scim:error\].*\Q$t->{tenant}\E.*a connection pooler between httpd and PostgreSQL .* Set its pool_mode to session/))[0],
    'the log says why, and what to do');
ok(!(log_lines('error_log', qr/\Q$t->{tenant}\E.*scimctl db init/))[0], 'and not to set up the database');
stop();

done_testing;
