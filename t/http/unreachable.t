# A PostgreSQL that accepts connections and never answers: no request waits for more than one attempt of another one,
# and the next request succeeds when PostgreSQL is back. The virtual host has ScimDatabaseWait 2s and connect_timeout=2.
use strict;
use warnings;
use IO::Socket::UNIX;
use Test::More;
use Time::HiRes qw(time sleep);
use ScimProxy ();
use ScimTest;

my $place = ScimProxy::place();
my $t = ScimTest->new('unreachable');
my $id = $t->make(Users => userName => 'u');
my $path = "$place/.s.PGSQL.5433";
my $silent = IO::Socket::UNIX->new(Local => $path, Listen => 64) or die "$path: $!";

# Sends a request on each of several connections; returns [status, seconds, detail] of each.
sub together {
    my ($count) = @_;
    (my $ask = $t->raw_request(GET => "/Users/$id")) =~ s/^Host: .*?\r\n/Host: silent.test\r\n/m;
    my $start = time;
    my @sockets = map { my $socket = connect_httpd(); print $socket $ask; $socket } 1 .. $count;
    return map { my $reply = read_reply($_); [$reply->{status}, time - $start, $reply->{json}] } @sockets;
}

my @answers = together(12);
is(scalar(grep { $_->[0] == 503 } @answers), 12, 'PostgreSQL does not answer: 503');
my @seconds = sort { $a <=> $b } map { $_->[1] } @answers;
cmp_ok($seconds[-1], '<', 5, 'nobody waits longer than ScimDatabaseWait and connect_timeout') or diag "@seconds";
my $cause = qr/\[scim:error\].*\Q$t->{tenant}\E.*another request(?: is still connecting to PostgreSQL|, which this one waited for, could not connect)/;
SKIP: {
    skip 'a process without threads tries by itself', 1 if $ENV{SCIM_TEST_MPM} eq 'prefork';
    ok((log_lines('error_log', $cause))[0], 'the log tells why they did not even try');
}

my $start = time;
is($t->request(GET => '/ResourceTypes', undef, ':host' => 'silent.test')->{status}, 200, 'discovery goes on');
cmp_ok(time - $start, '<', 1, 'at once');

# PostgreSQL is back.
close $silent;
unlink $path or die "$path: $!";
symlink "$place/.s.PGSQL.5432", $path or die "$path: $!";
is($t->request(GET => "/Users/$id", undef, ':host' => 'silent.test')->{status}, 200, 'the next request succeeds');
@answers = together(16);
is(scalar(grep { $_->[0] == 200 } @answers), 16, 'and so do sixteen at once');

done_testing;
