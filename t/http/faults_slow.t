# More slow clients than threads: mod_reqtimeout ends their requests with 408, with a SCIM body, and others are served.
use strict;
use warnings;
use Test::More;
use Time::HiRes 'time';
use IO::Socket::INET;
use ScimFront;
use ScimTest;
use ScimWire 'read_reply';

my $t = ScimTest->new('slow');
my $front = front(<<'CONF', 'reqtimeout');
RequestReadTimeout header=2,MinRate=500 body=2,MinRate=500
<Location "/scim/v2">
    SetHandler scim
    ScimTenant path
</Location>
CONF

# httpd has 8 threads.
my $began = time;
my @slow = map {
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $front->{port}) or die "connect: $!";
    $socket->autoflush(1);
    print $socket "POST $t->{base}/Users HTTP/1.1\r\nHost: slow\r\nAuthorization: Bearer " . ($_ % 2 ? $t->{token} : 'none')
        . "\r\nContent-Type: $TYPE\r\nContent-Length: " . ($_ % 3 ? 1000 : 100_000) . "\r\n\r\n{";
    $socket;
} 1 .. 20;
is($t->request(GET => '/Users?count=0', undef, ':port' => $front->{port})->{status}, 200, 'whoever sends at once is served');
cmp_ok(time - $began, '<', 15, 'before long');
my %answered;
for (@slow) {
    my $res = read_reply($_);
    $answered{$res->{status}}++;
    is_error($res, 408, undef, 'The body did not arrive completely.', 'a slow body') if $res->{status} == 408;
}
is_deeply(\%answered, { 401 => 10, 408 => 10 }, 'all are ended; those without a valid token learn nothing else');
is(sql("select count(*) from scim.resource where tenant = '" . $t->tenant . "' and type = 'User'"), 0, 'and nothing is stored');

done_testing;
