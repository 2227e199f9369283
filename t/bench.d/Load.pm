# Makes load and measures its cost: requests from wrk or one by one, CPU time and memory from the process table.
package Load;
use strict;
use warnings;
use IO::Socket::INET;
use MIME::Base64;
use POSIX qw(sysconf _SC_CLK_TCK);
use Time::HiRes qw(time);

my $PEOPLE = 2000;    # who log in

# base: the tenant's URL; token: another token than the environment's; authorization and type: other values of these
# headers; static: a static file of httpd; home: the directory of the quickstart's servers; users; seconds
sub new {
    my ($class, %self) = @_;
    @self{qw(host prefix)} = $self{base} =~ m{^http://([^/]+)(/.*)$};
    $self{token}  //= $ENV{SCIM_TOKEN};
    $self{server} = {httpd => pid_of("$self{home}/httpd.pid"), postgres => pid_of("$self{home}/data/postmaster.pid")};
    $self{here}   = __FILE__ =~ s{[^/]*$}{}r;
    return bless \%self, $class;
}

# --- the process table ---------------------------------------------------------------------------------------------

sub pid_of {
    open my $file, '<', $_[0] or die "$_[0]: $!\n";
    chomp(my $pid = <$file>);
    return $pid;
}

# The CPU seconds of a process and its children, including those that have ended.
sub cpu_of {
    my ($root) = @_;
    my $ticks = 0;
    for my $path (glob '/proc/[0-9]*/stat') {
        open my $file, '<', $path or next;
        my ($pid, $rest) = (<$file> // '') =~ /^(\d+) \(.*\) (.*)$/ or next;
        my (undef, $parent, @field) = split ' ', $rest;
        my ($utime, $stime, $cutime, $cstime) = @field[9 .. 12];
        $ticks += $utime + $stime   if $pid == $root || $parent == $root;
        $ticks += $cutime + $cstime if $pid == $root;
    }
    return $ticks / sysconf(_SC_CLK_TCK);
}

sub cpu { my ($self) = @_; return map { $_ => cpu_of($self->{server}{$_}) } keys %{ $self->{server} } }

# The largest resident memory of a child of httpd, in KiB: the total, or another line of the process table.
sub memory {
    my ($self, $kind) = @_;
    $kind //= 'VmRSS';
    my $most = 0;
    for my $path (glob '/proc/[0-9]*/status') {
        open my $file, '<', $path or next;
        my $text = join '', <$file>;
        next unless $text =~ /^PPid:\s+$self->{server}{httpd}$/m;
        $most = $1 if $text =~ /^$kind:\s+(\d+)/m && $1 > $most;
    }
    return $most;
}

# --- kinds of load; each returns {made => {httpd, postgres}, p50, p99 in milliseconds} -------------------------------

sub made { my ($count, %latency) = @_; return {made => {httpd => $count, postgres => $count}, %latency} }

# Requests by wrk for some seconds. The body is a Lua function that makes a request. It may use a random user's number
# `i`, the request's number `n`, `headers`, and `people`, Basic credentials of users spread over all. Any status is
# accepted, but no lost answer.
sub wrk_script {
    my ($self, $url, $body, $connections) = @_;
    my $script = "$self->{home}/wrk.$$.lua";
    my $step = $self->{users} > $PEOPLE ? int($self->{users} / $PEOPLE) : 1;
    my $people = join ',', map { "'Basic " . encode_base64("user$_\@example.com:-", '') . "'" } map { $_ * $step } 1 .. $self->{users} / $step;
    open my $file, '>', $script or die "$script: $!\n";
    print $file <<"LUA";
local people = {$people}
local headers = {['Authorization'] = 'Bearer $self->{token}', ['Accept'] = 'application/scim+json', ['Content-Type'] = 'application/scim+json'}
local n = 0
math.randomseed(os.time())
request = function()
    local i = math.random(1, $self->{users})
    n = n + 1
    $body
end
done = function(summary, latency)
    local e = summary.errors
    io.write('made ' .. summary.requests .. ' refused ' .. e.status .. ' lost ' .. e.read + e.write + e.connect + e.timeout ..
             ' took ' .. latency:percentile(50) .. ' ' .. latency:percentile(99) .. '\\n')
end
LUA
    close $file;
    my $out = qx(wrk -t1 -c$connections --timeout 30s -d$self->{seconds}s -s $script '$url');
    unlink $script;
    my ($made, $refused, $lost, $p50, $p99) = $out =~ /made (\d+) refused (\d+) lost (\d+) took (\S+) (\S+)/ or die "wrk failed: $out\n";
    die "$lost of $made requests to $url were lost\n" if $lost;
    return {%{ made($made, p50 => $p50 / 1000, p99 => $p99 / 1000) }, refused => $refused};
}

# GETs; the path is a Lua expression. All must succeed.
sub wrk {
    my ($self, $url, $path, $clients) = @_;
    my $done = $self->wrk_script($url, "return wrk.format('GET', $path, headers)", $clients // 4);
    die "$done->{refused} of $done->{made}{httpd} requests failed: $url $path\n" if $done->{refused};
    return $done;
}

sub get { my ($self, $path) = @_; return $self->wrk($self->{base}, $path) }

# A floor: httpd serves a static file and PostgreSQL runs a script at the same time, as both work for a request; alone,
# each would have the processor's caches to itself. It has as many clients as the figure that is compared with it.
sub floor {
    my ($self, $script, $clients) = @_;
    my $out = "$self->{home}/pgbench.$$.out";
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        open STDOUT, '>', $out or die "$out: $!\n";
        print $self->pgbench($script, $clients);
        close STDOUT;
        POSIX::_exit(0);
    }
    my $made = $self->wrk($self->{static}, 'nil', $clients);
    waitpid $pid, 0;
    open my $file, '<', $out or die "$out: $!\n";
    chomp($made->{made}{postgres} = <$file> // die "pgbench failed\n");
    unlink $out;
    return $made;
}

# Runs SQL as the database's administrator, and returns the result.
sub psql {
    my ($self, $sql) = @_;
    open my $psql, '-|', 'psql', '-qAtX', '-v', 'ON_ERROR_STOP=1', '-h', $self->{home}, '-U', 'scim_admin', '-d', 'scim', '-c', $sql or die "psql: $!\n";
    my $answer = join '', <$psql>;
    close $psql or die "psql failed: $sql\n";
    return $answer;
}

# Only PostgreSQL runs a script.
sub sql { my ($self, $script) = @_; return made($self->pgbench($script, 4), p50 => 0, p99 => 0) }

sub pgbench {
    my ($self, $script, $clients) = @_;
    my $key_id = substr $self->{token}, 5, 10;
    my $out = qx(pgbench -n -M prepared -c $clients -T $self->{seconds} -h '$self->{home}' -U scim_admin -D key_id=$key_id -D users=$self->{users} -f $self->{here}$script.sql scim 2>&1);
    my ($made) = $out =~ /number of transactions actually processed: (\d+)/ or die "pgbench failed: $out\n";
    return $made;
}

# Sends a request on a kept connection, and returns its status line; undef: the connection was closed.
sub sent {
    my ($self, $request) = @_;
    local $SIG{PIPE} = 'IGNORE';
    $self->{connection} //= IO::Socket::INET->new(PeerAddr => $self->{host}) // die "connect: $!\n";
    print { $self->{connection} } $request or return;
    return readline($self->{connection});
}

# One request on a kept connection; returns the body. Any error ends the run. A busy httpd closes idle connections: the
# request is then sent again on a new one.
sub request {
    my ($self, $method, $path, $body) = @_;
    $body //= '';
    my $request = join "\r\n", "$method $self->{prefix}$path HTTP/1.1", "Host: $self->{host}",
        'Authorization: ' . ($self->{authorization} // "Bearer $self->{token}"), 'Content-Type: ' . ($self->{type} // 'application/scim+json'),
        'Content-Length: ' . length $body, '', $body;
    my $status;
    for (1 .. 10) {
        last if defined($status = sent($self, $request));
        undef $self->{connection};
    }
    die "$method $path: the connection was closed\n" unless defined $status;
    my ($length, $answer) = (0, '');
    while (defined(my $line = readline $self->{connection})) {
        last if $line eq "\r\n";
        $length = $1 if $line =~ /^Content-Length: (\d+)/i;
    }
    read $self->{connection}, $answer, $length if $length;
    die "$method $path: $status$answer\n" unless $status =~ m{^HTTP/1.1 2\d\d};
    return $answer;
}

# Requests one after the other; $make->($number) sends one. `each`: the number of operations in one request.
sub series {
    my ($self, $count, $make, $each) = @_;
    my @took;
    undef $self->{connection};    # httpd has closed it meanwhile (KeepAliveTimeout)
    for my $number (1 .. $count) {
        my $start = time;
        $make->($number);
        push @took, 1000 * (time - $start);
    }
    @took = sort { $a <=> $b } @took;
    return made($count * ($each // 1), p50 => $took[$#took / 2], p99 => $took[$#took * 0.99]);
}

# The same by simultaneous clients: $make->($number) sends a request, `each` as above.
sub together {
    my ($self, $clients, $count, $make, $each) = @_;
    my $start = time;
    my @pids = map { my $client = $_;
        my $pid = fork // die "fork: $!\n";
        if (!$pid) {
            my $done = eval { undef $self->{connection}; $make->($client * $count + $_) for 1 .. $count; 1 };
            warn $@ unless $done;
            POSIX::_exit($done ? 0 : 1);
        }
        $pid } 0 .. $clients - 1;
    my $failed = grep { waitpid $_, 0; $? } @pids;
    die "$failed of $clients clients failed\n" if $failed;
    my $took = 1000 * (time - $start) / $count;
    return made($clients * $count * $each, p50 => $took, p99 => $took);
}

# Runs a load and returns what it cost: httpd, postgres and cpu_us (microseconds for each operation), rps, p50_ms, p99_ms, mem_kb.
sub measure {
    my ($self, $load) = @_;
    my ($start, %before) = (time, $self->cpu);
    my $done    = $load->($self);
    my $elapsed = time - $start;
    $_ or die "nothing was done in $self->{seconds} s\n" for values %{ $done->{made} };
    my %after   = $self->cpu;
    my %us      = map { $_ => 1e6 * ($after{$_} - $before{$_}) / $done->{made}{$_} } keys %before;
    return {%us, cpu_us => $us{httpd} + $us{postgres}, rps => $done->{made}{httpd} / $elapsed, p50_ms => $done->{p50},
        p99_ms => $done->{p99}, mem_kb => $self->memory};
}

1;
