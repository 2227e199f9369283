# Runs the figures of t/bench in turns and prints them; called by t/bench alone.
use strict;
use warnings;
use Getopt::Long;
use IO::Socket::INET;
use JSON::PP;
use POSIX qw(sysconf _SC_CLK_TCK);
use Time::HiRes qw(time);

my %o = (seconds => 4, rounds => 3);
GetOptions(\%o, 'base=s', 'static=s', 'home=s', 'users=i', 'seconds=i', 'rounds=i', 'json=s', 'only=s') or exit 2;
my ($host, $prefix) = $o{base} =~ m{^http://([^/]+)(/.*)$};
my $token  = $ENV{SCIM_TOKEN};
my $key_id = substr $token, 5, 10;
my $here   = $0 =~ s{[^/]*$}{}r;
my $WRITES = 1500;                   # of each kind in a round; 200 groups and 20,000 spare users are loaded for them

# --- CPU time from the process table ---------------------------------------------------------------------------------

sub pid_of {
    open my $file, '<', $_[0] or die "$_[0]: $!\n";
    chomp(my $pid = <$file>);
    return $pid;
}

# Seconds that a process and its children have used, those that have ended included.
sub cpu_of {
    my ($root) = @_;
    my $ticks = 0;
    for my $path (glob '/proc/[0-9]*/stat') {
        open my $file, '<', $path or next;
        my ($pid, $rest) = (<$file> // '') =~ /^(\d+) \(.*\) (.*)$/ or next;
        my (undef, $parent, @field) = split ' ', $rest;
        my ($utime, $stime, $cutime, $cstime) = @field[9 .. 12];
        $ticks += $utime + $stime                     if $pid == $root || $parent == $root;
        $ticks += $cutime + $cstime                   if $pid == $root;
    }
    return $ticks / sysconf(_SC_CLK_TCK);
}

my %server = (httpd => pid_of("$o{home}/httpd.pid"), postgres => pid_of("$o{home}/data/postmaster.pid"));
sub cpu { return map { $_ => cpu_of($server{$_}) } keys %server }

# --- load ------------------------------------------------------------------------------------------------------------

# GETs by wrk for some seconds; the path is a line of Lua that may use a random user's number `i`. Returns how many.
sub wrk {
    my ($url, $path) = @_;
    my $script = "$o{home}/wrk.$$.lua";
    open my $file, '>', $script or die "$script: $!\n";
    print $file <<"LUA";
local headers = {['Authorization'] = 'Bearer $token', ['Accept'] = 'application/scim+json'}
math.randomseed(os.time())
request = function()
    local i = math.random(1, $o{users})
    return wrk.format('GET', $path, headers)
end
done = function(summary)
    local e = summary.errors
    io.write('made ' .. summary.requests .. ' failed ' .. e.status + e.read + e.write + e.connect + e.timeout .. '\\n')
end
LUA
    close $file;
    my $out = qx(wrk -t1 -c4 -d$o{seconds}s -s $script '$url');
    unlink $script;
    my ($made, $failed) = $out =~ /made (\d+) failed (\d+)/ or die "wrk failed: $out\n";
    die "$failed of $made requests to $url failed\n" if $failed;
    return $made;
}

# The floor's two halves at the same time, as they come together in a request: alone, either would have the processor's caches
# to itself. Returns how many each has made.
sub floor {
    my $out = "$o{home}/pgbench.$$.out";
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        open STDOUT, '>', $out or die "$out: $!\n";
        print pgbench();
        close STDOUT;
        POSIX::_exit(0);
    }
    my $made = wrk($o{static}, 'nil');
    waitpid $pid, 0;
    open my $file, '<', $out or die "$out: $!\n";
    chomp(my $looked_up = <$file> // die "pgbench failed\n");
    unlink $out;
    return {httpd => $made, postgres => $looked_up};
}

sub pgbench {
    my $out = qx(pgbench -n -M prepared -c 4 -T $o{seconds} -h '$o{home}' -U scim_admin -D key_id=$key_id -D users=$o{users} -f ${here}floor.sql scim 2>&1);
    my ($made) = $out =~ /number of transactions actually processed: (\d+)/ or die "pgbench failed: $out\n";
    return $made;
}

# One request on a connection that is kept; anything but success ends the run.
my $connection;
sub request {
    my ($method, $path, $body) = @_;
    $connection //= IO::Socket::INET->new(PeerAddr => $host) // die "connect: $!\n";
    print {$connection} join "\r\n", "$method $prefix$path HTTP/1.1", "Host: $host", "Authorization: Bearer $token",
        'Content-Type: application/scim+json', 'Content-Length: ' . length $body, '', $body;
    my $status = readline($connection) // die "$method $path: the connection was closed\n";
    my ($length, $answer) = (0, '');
    while (defined(my $line = readline $connection)) {
        last if $line eq "\r\n";
        $length = $1 if $line =~ /^Content-Length: (\d+)/i;
    }
    read $connection, $answer, $length if $length;
    die "$method $path: $status$answer\n" unless $status =~ m{^HTTP/1.1 2\d\d};
}

sub writes {
    my ($make) = @_;
    undef $connection;    # httpd has closed it meanwhile (KeepAliveTimeout)
    request($make->($_)) for 1 .. $WRITES;
    return $WRITES;
}

sub id { return sprintf '%08d-0000-7000-8000-%012d', @_ }
sub patch { return JSON::PP->new->canonical->encode({schemas => ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations => [@_]}) }
sub add    { return patch({op => 'add', path => 'members', value => [{value => $_[0]}]}) }
sub remove { return patch({op => 'remove', path => qq(members[value eq "$_[0]"])}) }
sub spare  { return id(1, $o{users} + $_[0]) }

my $round = 0;
my %load = (
    floor_read      => \&floor,
    get_user        => sub { wrk($o{base}, "string.format('$prefix/Users/00000001-0000-7000-8000-%012d', i)") },
    filter_username => sub { wrk($o{base}, "'$prefix/Users?filter=userName%20eq%20%22user' .. i .. '%40example.com%22'") },
    filter_email    => sub { wrk($o{base}, "'$prefix/Users?filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22user' .. i .. '%40example.com%22'") },
    list_100        => sub { wrk($o{base}, "'$prefix/Users?count=100'") },
    group_add_10       => sub { writes(sub { ('PATCH', '/Groups/' . id(2, 1 + $_[0] % 200), add(spare($_[0]))) }) },
    group_remove_10    => sub { writes(sub { ('PATCH', '/Groups/' . id(2, 1 + $_[0] % 200), remove(spare($_[0]))) }) },
    group_add_100000    => sub { writes(sub { ('PATCH', '/Groups/' . id(2, 0), add(spare($_[0]))) }) },
    group_remove_100000 => sub { writes(sub { ('PATCH', '/Groups/' . id(2, 0), remove(spare($_[0]))) }) },
    group_add_noop      => sub { writes(sub { ('PATCH', '/Groups/' . id(2, 0), add(id(1, $_[0]))) }) },
    patch_user => sub { writes(sub { ('PATCH', '/Users/' . id(1, $_[0]), patch({op => 'replace', path => 'title', value => "Round $round.$_[0].$$"})) }) },
    create_user => sub {
        writes(sub {
            my $name = "made-$$-$round-$_[0]\@example.com";
            return ('POST', '/Users', qq({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"$name","externalId":"$name",)
                . qq("name":{"givenName":"Made","familyName":"User"},"active":true,"emails":[{"value":"$name","type":"work","primary":true}]}));
        });
    },
);
my @order = qw(floor_read get_user filter_username filter_email list_100 group_add_10 group_remove_10 group_add_100000
    group_remove_100000 group_add_noop patch_user create_user);
@order = grep { $_ eq 'floor_read' || /$o{only}/ } @order if $o{only};

# --- figures ---------------------------------------------------------------------------------------------------------

my %runs;
for (1 .. $o{rounds}) {
    $round++;
    for my $name (@order) {
        my ($start, %before) = (time, cpu());
        my $made    = $load{$name}->();
        my $elapsed = time - $start;
        my %after   = cpu();
        my %made    = ref $made ? %$made : map { $_ => $made } keys %server;
        my %us      = map { $_ => 1e6 * ($after{$_} - $before{$_}) / $made{$_} } keys %server;
        push @{$runs{$name}}, {%us, cpu_us => $us{httpd} + $us{postgres}, rps => $made{httpd} / $elapsed};
    }
}

sub median { my @v = sort { $a <=> $b } @_; return $v[$#v / 2] }
my %figure;
for my $name (@order) {
    $figure{$name} = {map { my $key = $_; $key => median(map { $_->{$key} } @{$runs{$name}}) } qw(httpd postgres cpu_us rps)};
}
$_->{ratio} = $_->{cpu_us} / $figure{floor_read}{cpu_us} for values %figure;

printf "%-20s %10s %10s %10s %10s %7s\n", qw(figure httpd_us postgres_us cpu_us rps ratio);
printf "%-20s %10.1f %10.1f %10.1f %10.0f %7.2f\n", $_, @{$figure{$_}}{qw(httpd postgres cpu_us rps ratio)}
    for @order;

if ($o{json}) {
    for my $f (values %figure) {
        delete @$f{qw(httpd postgres)};
        $f->{$_} = 0 + sprintf '%.3f', $f->{$_} for keys %$f;
    }
    open my $file, '>', $o{json} or die "$o{json}: $!\n";
    print $file JSON::PP->new->canonical->pretty->encode(\%figure);
}
