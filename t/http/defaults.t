# The shipped settings fit together: with Debian's httpd, PostgreSQL's default of 100 connections and the pool of
# conf/scim.conf, 200 simultaneous clients are all answered, also during a graceful restart.
#
# alone: it uses all processors
use strict;
use warnings;
use Test::More;
use IO::Select;
use Time::HiRes qw(time);
use ScimFront;
use ScimTest;

plan skip_all => 'missing: threads' if $ENV{SCIM_TEST_MPM} eq 'prefork';

my $sample = do { local (@ARGV, $/) = "$ENV{SCIM_TEST_WORK}/scim.conf"; <> };
my $pool = join '', $sample =~ /^(DBD(?:Min|Keep|Max)\s+\d+\n)/mg;
is(scalar(() = $pool =~ /\n/g), 3, 'the sample configuration sets the size of the pool');

my $t = ScimTest->new('defaults');
# max_connections is 100 by default, of which 3 are reserved for superusers.
sql('alter role scim_web connection limit 97');

# Debian's mpm_event.conf
my $front = front(<<"CONF");
ServerLimit 16
StartServers 2
MinSpareThreads 25
MaxSpareThreads 75
ThreadLimit 64
ThreadsPerChild 25
MaxRequestWorkers 150
MaxConnectionsPerChild 0
$pool
<Location "/scim/v2">
    SetHandler scim
    ScimTenant path
    # Whether they are all carried out depends on the pool, and how soon on the machine.
    ScimDatabaseWait 60s
    Require all granted
</Location>
CONF

my $user = $t->make(Users => userName => 'u');
my $CLIENTS = 200;

# So many simultaneous clients, each sending one request after the other on its own connections, until the time is over.
sub storm {
    my ($name, $seconds, $meanwhile) = @_;
    my $end = time + $seconds;
    my (%count, %request, $n);
    my $waiting = IO::Select->new;
    my $begin = sub {
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $front->{port}) or die "connect: $!";
        $socket->autoflush(1);
        print $socket ++$n % 5 ? $t->raw_request(GET => "/Users/$user")
            : $t->raw_request(POST => '/Users', { schemas => [$USER], userName => "$name-$n" });
        $waiting->add($socket);
    };
    $begin->() for 1 .. $CLIENTS;
    while ($waiting->count) {
        for my $socket ($waiting->can_read(60)) {
            $waiting->remove($socket);
            my $reply = read_reply($socket);
            $count{ $reply->{status} }++;
            diag "$reply->{status} $reply->{body}" if $reply->{status} !~ /^20/ && $count{ $reply->{status} } < 3;
            close $socket;
            $begin->() if time < $end;
        }
        $meanwhile->() if $meanwhile && time > $end - $seconds / 2;
        undef $meanwhile if time > $end - $seconds / 2;
    }
    my $created = delete $count{201};
    is_json([sort keys %count], ['200'], "$name: every request of $CLIENTS clients is carried out");
    cmp_ok($count{200}, '>', $CLIENTS, "$name: $count{200} were read") ;
    is(sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and doc ->> 'userName' like '$name-%'"), $created,
        "$name: $created were created");
}

storm('busy', 2);
cmp_ok(sql("select count(*) from pg_stat_activity where usename = 'scim_web' and client_port = -1"), '<=', 97, 'within max_connections');
storm('graceful', 3, sub {
    open my $file, '<', "$front->{dir}/pid" or die "pid: $!";
    kill USR1 => <$file> + 0;
});
open my $log, '<', "$front->{dir}/error_log" or die "error_log: $!";
my @log = <$log>;
is_json([grep {/too many connections|AH00629|exit signal/} @log], [], 'PostgreSQL refused no connection');
sql('alter role scim_web connection limit -1');

done_testing;
