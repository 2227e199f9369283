# A lock on the table of tokens, which each request reads first: all requests are answered 503 in time, no process of
# PostgreSQL waits longer than its request, and nothing is executed after the lock is released.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time sleep);
use ScimTest;

my $t = ScimTest->new('locks');
my ($u, $g) = ($t->make(Users => userName => 'u'), $t->make(Groups => displayName => 'g'));
my $DBD_MAX = 8;
my $CHILDREN = 2;

sub together {
    my $start = time;
    my @sockets = map { my $s = connect_httpd(); print $s $_; $s } @_;
    return map { my $res = read_reply($_); $res->{seconds} = time - $start; $res } @sockets;
}
# Activity is written later, and no request waits for it.
sub waiting { sql("select count(*) from pg_stat_activity where usename = 'scim_web' and wait_event_type = 'Lock'
    and query !~ 'last_used'") }

# Each connection was used before, also with another time limit.
together(map { $t->raw_request(GET => "/Users/$u") } 1 .. 16);
together(map { $t->raw_request(GET => "/Users/$u") =~ s/^Host: .*?\r\n/Host: patient.test\r\n/mr } 1 .. 16);

my $locker = fork // die "fork: $!";
if (!$locker) {
    open STDOUT, '>', '/dev/null';
    open STDERR, '>&', \*STDOUT;
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -c), 'begin; lock table scim.token; select pg_sleep(60)';
}
ok(eventually(sub { sql("select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted
    and relation = 'scim.token'::regclass") > 0 }), 'the table of tokens is locked');

my @before = map { sql("select count(*) from scim.$_ where tenant = '$t->{tenant}'") } qw(resource membership audit);
my $op = { op => 'add', path => 'members', value => [{ value => $u }] };
my @asks = ([GET => "/Users/$u"], [GET => '/Users'], [GET => '/Users?filter=userName%20eq%20%22u%22'],
    [POST => '/Users', { schemas => [$USER], userName => 'late' }], [PUT => "/Users/$u", { schemas => [$USER], userName => 'late' }],
    [PATCH => "/Groups/$g", { schemas => [$PATCH], Operations => [$op] }], [DELETE => "/Users/$u"],
    [POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations => [{ method => 'DELETE', path => "/Users/$u" }] }]);
my $most = 0;
my $start = time;
my @sockets = map { my $s = connect_httpd(); print $s $_; $s } map { my $n = $_; map { $t->raw_request(@$_) } @asks } 1 .. 4;
while (time - $start < 1.5) { my $now = waiting(); $most = $now if $now > $most; sleep 0.1 }
my @answers = map { my $res = read_reply($_); $res->{seconds} = time - $start; $res } @sockets;
cmp_ok($most, '>', 0, 'requests wait for it');
cmp_ok($most, '<=', $CHILDREN * $DBD_MAX, 'no more than there are connections');
is(scalar(grep { $_->{status} == 503 } @answers), 32, '32 clients are answered 503')
    or diag join ' ', map { $_->{status} } @answers;
is(scalar(grep { ($_->{headers}->header('Retry-After') // '') =~ /^[1-9]\d*$/ } @answers), 32, 'with Retry-After');
my ($last) = sort { $b <=> $a } map { $_->{seconds} } @answers;
# Two rounds of 16 threads, or four of 8 processes: each waits for the lock, and for the requests before it.
cmp_ok($last, '<', $ENV{SCIM_TEST_MPM} eq 'prefork' ? 12 : 6, 'in time');
is(waiting(), 0, 'nobody waits any more');
sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where query like 'begin; lock table scim.token%'");
waitpid $locker, 0;
is(sql("select count(*) from pg_stat_activity where usename = 'scim_web' and state <> 'idle' and query !~ 'last_used'"), 0, 'nobody goes on when the lock has gone');
is_json([map { sql("select count(*) from scim.$_ where tenant = '$t->{tenant}'") } qw(resource membership audit)], \@before, 'nothing was done');
is($t->row($u)->{deleted}, false, 'nobody was deleted');
is($t->request(GET => "/Users/$u")->{status}, 200, 'and it goes on');

# An administrator's operation has a separate limit.
is($t->admin(GET => '/users', undef, ':base' => '/hasty')->{status}, 200, 'another limit on the same connections');
is(sql("select count(*) from pg_stat_activity where usename = 'scim_web' and state like 'idle in%'"), 0, 'no transaction is left');

done_testing;
