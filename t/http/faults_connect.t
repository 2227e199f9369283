# Two hosts, the first of which hangs, is replaced or refuses; and a PostgreSQL that accepts no more connections. The
# virtual host hosts.test has both hosts, connect_timeout=2 and ScimDatabaseWait 6s.
use strict;
use warnings;
use IO::Socket::UNIX;
use Test::More;
use Time::HiRes qw(time sleep);
use ScimProxy ();
use ScimTest;

my $t = ScimTest->new('connect');
my $place = ScimProxy::place();
my $u = $t->make(Users => userName => 'u');
my $first = "$place/first";
my $path = "$first/.s.PGSQL.5432";
my $real = "$place/.s.PGSQL.5432";
mkdir $first or die "$first: $!";

sub together {
    my ($host, $count) = @_;
    my $bytes = $t->raw_request(GET => "/Users/$u") =~ s/^Host: .*?\r\n/Host: $host\r\n/mr;
    my $start = time;
    my @sockets = map { my $s = connect_httpd(); print $s substr $bytes, 0, -1; $s } 1 .. $count;
    print $_ substr $bytes, -1 for @sockets;
    return map { my $res = read_reply($_); [$res->{status}, time - $start, $res] } @sockets;
}
sub statuses { my %n; $n{ $_->[0] }++ for @_; \%n }
sub slowest { my ($most) = sort { $b <=> $a } map { $_->[1] } @_; $most }
sub cut { sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'scim_web'") }
sub hang { IO::Socket::UNIX->new(Local => $path, Listen => 64) or die "$path: $!" }
# How many connection attempts the host has received.
sub attempts {
    my ($silent) = @_;
    my $count = 0;
    $silent->blocking(0);
    $count++ while $silent->accept;
    return $count;
}

# The first host hangs: one attempt in each child notices it, and the others wait for the connection that it has made.
my $silent = hang();
my @answers = together('hosts.test', 24);
is_json(statuses(@answers), { 200 => 24 }, 'the first host hangs: 24 requests at once are answered by the second');
cmp_ok(slowest(@answers), '>', 0.9, 'which takes its time');
SKIP: {
    skip 'a process without threads makes its own attempt', 2 if $ENV{SCIM_TEST_MPM} eq 'prefork';
    cmp_ok(slowest(@answers), '<', 5, 'none waits for more than one attempt') or diag slowest(@answers);
    cmp_ok(attempts($silent), '<=', 4, 'the first host was tried by few');
}
@answers = together('hosts.test', 24);
is_json(statuses(@answers), { 200 => 24 }, 'the next 24');
cmp_ok(slowest(@answers), '<', 5, 'need no further attempt, or one');

# All open connections end at once.
cut();
attempts($silent);
@answers = together('hosts.test', 24);
is_json(statuses(@answers), { 200 => 24 }, 'all connections were cut, and the first host hangs');
cmp_ok(slowest(@answers), '<', 6.5, 'connections are made anew while the others wait');

# The first host is the primary; then it is down, and the second one is the primary. No restart.
close $silent;
unlink $path or die "$path: $!";
symlink $real, $path or die "$path: $!";
cut();
is_json(statuses(together('hosts.test', 8)), { 200 => 8 }, 'the first host works');
unlink $path;
cut();
is_json(statuses(together('hosts.test', 8)), { 200 => 8 }, 'it is gone: the second one takes over without a restart');

# The only host hangs: requests that wait for an attempt get its result.
$path = "$place/.s.PGSQL.5433";
$silent = hang();
@answers = together('silent.test', 16);
is_json(statuses(@answers), { 503 => 16 }, 'the only host hangs: 503');
cmp_ok(slowest(@answers), '<', 4.5, 'after one attempt');
is($answers[0][2]{headers}->header('Retry-After'), 5, 'Retry-After');
close $silent;
unlink $path;

# PostgreSQL accepts no more connections (SQLSTATE 53300), while the child's own few connections are returned within
# milliseconds.
cut();
together('127.0.0.1', 16) for 1 .. 2;
my $limit = sql("select count(*) from pg_stat_activity where usename = 'scim_web'") || 1;
sql("alter role scim_web connection limit $limit");
for (1 .. 3) {
    @answers = together('127.0.0.1', 32);
    is_json(statuses(@answers), { 200 => 32 }, 'no connection is left in PostgreSQL: requests wait for one of the child');
}

# It accepts none at all, for a moment.
cut();
sql('alter role scim_web connection limit 0');
cut();
my $opener = fork // die "fork: $!";
if (!$opener) {
    sleep 0.7;
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -c), 'alter role scim_web connection limit -1';
}
@answers = together('127.0.0.1', 8);
waitpid $opener, 0;
is_json(statuses(@answers), { 200 => 8 }, 'it refuses all connections for a moment: requests wait');
sql('alter role scim_web connection limit -1');
SKIP: {
    skip 'pgbouncer waits by itself', 1 if $ENV{SCIM_TEST_POOLER};
    ok((log_lines('error_log', qr/too many connections for role/))[0], 'PostgreSQL had refused connections');
}

done_testing;
