# Forty slow requests of one tenant do not slow down another tenant, because no tenant gets more than its share of the
# connections and threads. A burst of short requests of one tenant is not refused.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time sleep);
use ScimTest;

# A share needs connections that the threads of a process share.
plan skip_all => 'missing: threads' if $ENV{SCIM_TEST_MPM} eq 'prefork';

my ($slow, $other) = map { ScimTest->new("pool-$_") } qw(slow other);
my $SHARE = 2 * 4;    # two children, each with half of eight connections
my ($u, $g) = ($slow->make(Users => userName => 'u'), $slow->make(Groups => displayName => 'g'));
my $theirs = $other->make(Users => userName => 'theirs');

sub to { my ($host, $bytes) = @_; $bytes =~ s/^Host: .*?\r\n/Host: $host\r\n/mr }
sub send_all { map { my $s = connect_httpd(); print $s $_; $s } @_ }
sub waiting { sql("select count(*) from pg_stat_activity where usename = 'scim_web' and wait_event_type = 'Lock'") }
sub adds { map { to('shared.test', $slow->raw_request(PATCH => "/Groups/$g", { schemas => [$PATCH],
    Operations => [{ op => 'add', path => 'members', value => [{ value => $u }] }] })) } 1 .. $_[0] }

# A burst of short requests: each is served in turn. The first burst makes the connections.
read_reply($_) for send_all(map { to('shared.test', $slow->raw_request(GET => "/Users/$u")) } 1 .. 40);
my @burst = map { read_reply($_) } send_all((map { to('shared.test', $slow->raw_request(GET => "/Users/$u")) } 1 .. 40));
is(scalar(grep { $_->{status} == 200 } @burst), 40, 'forty short requests of one tenant at once: 200')
    or diag join ' ', map { $_->{status} } @burst;

# Requests that wait for a lock have the same effect on others as a slow filter.
my $locker = fork // die "fork: $!";
if (!$locker) {
    open STDOUT, '>', '/dev/null';
    open STDERR, '>&', \*STDOUT;
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -c), "begin; select from scim.resource where id = '$g' for update; select pg_sleep(60)";
}
ok(eventually(sub { sql("select count(*) from pg_stat_activity where query like 'begin; select from scim.resource%'
    and wait_event = 'PgSleep'") > 0 }), 'the group is locked');
my @sockets = send_all(adds(40));
ok(eventually(sub { waiting() >= $SHARE / 2 }), 'its requests are at work');
my ($most, $slowest, @status) = (0, 0);
my $end = time + 2.5;
while (time < $end) {
    my $begun = time;
    my ($socket) = send_all(to('shared.test', $other->raw_request(GET => "/Users/$theirs")));
    my $res = read_reply($socket);
    my $took = time - $begun;
    push @status, $res->{status};
    $slowest = $took if $took > $slowest;
    my $now = waiting();
    $most = $now if $now > $most;
    sleep 0.02;
}
is_json([grep { $_ != 200 } @status], [], 'every request of the other tenant is answered 200');
cmp_ok($slowest, '<', 1.2, 'and quickly') or diag scalar(@status) . " requests, the slowest took $slowest";
cmp_ok($most, '<=', $SHARE, 'the slow tenant has its share of the connections, and no more');
my @answers = map { read_reply($_) } @sockets;
is_json([grep { $_ != 429 && $_ != 503 } map { $_->{status} } @answers], [], 'its own requests are answered 429, or 503 when their time is over');
my @refused = grep { $_->{status} == 429 } @answers;
cmp_ok(scalar @refused, '>', 10, 'most of them 429');
is_error($refused[0], 429, undef, qr/^Too many requests of this tenant are at work at the same time\. Send fewer at once, and try again in 1 second\.$/, 'one of them');
is($refused[0]{headers}->header('Retry-After'), 1, 'Retry-After');
ok((log_lines('error_log', qr/\Q$slow->{tenant}\E.*429.*\(ScimTenantShare\)/))[0], 'the log names the directive');
sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where query like 'begin; select from scim.resource%'");
waitpid $locker, 0;
is_json($slow->stored_members($g), [], 'nothing was done');
my ($socket) = send_all(adds(1));
is(read_reply($socket)->{status}, 204, 'and it goes on');

done_testing;
