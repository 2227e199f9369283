# A separate httpd for a test, with the test's configuration, and applications behind it that record what they receive.
# All listen on loopback, and end with the test.
#
#   my $app = application();                          # {port}; received($app) returns the bytes so far
#   arrived($app)                                     # the same, but waits for a whole request
#   my $front = front(<<"CONF", qw(proxy proxy_http));
#   ProxyPass "/" "http://127.0.0.1:$app->{port}/"
#   CONF
#   $t->request(GET => '/Users', undef, ':port' => $front->{port})
package ScimFront;
use strict;
use warnings;
use Exporter 'import';
use IO::Socket::INET;
use Socket 'SOMAXCONN';
use ScimTest;

our @EXPORT = qw(application fcgi_application received arrived front free_port configuration stop_front);

my $work = $ENV{SCIM_TEST_WORK} or die "run by t/http/run only\n";
our $home = "$work/front-$$";
our $mpm  = $ENV{SCIM_TEST_MPM} || 'event';    # worker and prefork are possible as well
# The directives for the number of processes and threads of an httpd.
sub processes {
    return $mpm eq 'prefork' ? "StartServers 2\nMinSpareServers 1\nMaxSpareServers 8\nMaxRequestWorkers 8\n"
    : "StartServers 1\nServerLimit 2\nThreadsPerChild 8\nMinSpareThreads 1\nMaxSpareThreads 8\nMaxRequestWorkers 8\n";
}
my $own  = $$;
my (@fronts, @children, $n);
mkdir $home;

sub listener { IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => SOMAXCONN, ReuseAddr => 1) or die "listen: $!" }

sub free_port { listener()->sockport }

# A child that accepts one connection after the other: $answer gets the socket, and returns the received bytes.
sub serve {
    my ($answer) = @_;
    my $socket = listener();
    my $log = "$home/application-" . ++$n;
    open my $out, '>>', $log or die "$log: $!";
    $out->autoflush(1);
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        while (my $client = $socket->accept) {
            print $out $answer->($client) . "\n";
            close $client;
        }
        exit 0;
    }
    push @children, $pid;
    return { port => $socket->sockport, log => $log };
}

# An HTTP server that answers everything with "application" and the length of the body.
sub application {
    return serve(sub {
        my ($client) = @_;
        my $text = '';
        while ($text !~ /\r\n\r\n/ && sysread $client, my $bytes, 65536) { $text .= $bytes }
        my ($length) = $text =~ /^content-length:\s*(\d+)/mi;
        my $whole = ($length // 0) + index($text, "\r\n\r\n") + 4;
        while (length $text < $whole && sysread $client, my $bytes, 65536) { $text .= $bytes }
        syswrite $client, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\nConnection: close\r\n\r\napplication";
        return $text;
    });
}

# The same by FastCGI, like php-fpm: one request on each connection.
sub fcgi_application {
    return serve(sub {
        my ($client) = @_;
        my ($text, $id, $done) = ('', 1, 0);
        while (!$done && read $client, my $header, 8) {
            my (undef, $type, $request, $length, $padding) = unpack 'CCnnC', $header;
            read $client, my $content, $length + $padding if $length + $padding;
            $text .= substr $content // '', 0, $length;
            $id = $request;
            $done = $type == 5 && !$length;
        }
        my $body = "Content-Type: text/plain\r\n\r\napplication";
        print $client pack('CCnnCx', 1, 6, $id, length $body, 0), $body, pack('CCnnCx', 1, 6, $id, 0, 0),
            pack('CCnnCx', 1, 3, $id, 8, 0), "\0" x 8;
        $client->flush;
        return $text;
    });
}

sub received {
    my ($app) = @_;
    open my $log, '<', $app->{log} or die "$app->{log}: $!";
    local $/;
    return scalar(<$log>) // '';
}

# The application records a request after it has answered it. Waits up to so many seconds; '': nothing has arrived.
sub arrived {
    my ($app, $seconds) = @_;
    return eventually(sub { received($app) =~ /\n\z/ && received($app) }, $seconds) || '';
}

# A whole configuration with `$text`, and with these modules in addition to those of all tests. Returns the file's name.
sub configuration {
    my ($port, $text, @modules) = @_;
    my $base = do { local (@ARGV, $/) = "$work/t/base.conf"; <> };
    my ($place) = $base =~ m{^LoadModule dbd_module (.*)/mod_dbd\.so$}m or die 'base.conf has no mod_dbd';
    $base =~ s/mpm_(?:event|worker|prefork)/mpm_$mpm/g;
    my $dir = "$home/" . ++$n;
    mkdir $dir;
    my $load = join '', map { "LoadModule ${_}_module $place/mod_$_.so\n" } @modules;
    open my $out, '>', "$dir/httpd.conf" or die "$dir/httpd.conf: $!";
    print $out <<"CONF";
ServerRoot "$dir"
ServerName 127.0.0.1
PidFile "$dir/pid"
ErrorLog "$dir/error_log"
DefaultRuntimeDir "$dir"
Mutex file:$dir default
LogLevel warn scim:info
Listen 127.0.0.1:$port
$base$load
@{[processes()]}GracefulShutdownTimeout 5
DBDriver pgsql
DBDParams "host=$ENV{PGHOST}@{[$ENV{SCIM_TEST_POOLER} ? '/pool' : '']} dbname=scim user=scim_web connect_timeout=3"
DBDMin 0
DBDKeep 8
DBDMax 8
ScimSchemaDir "$work/schemas"
ScimFailureLimit off
UseCanonicalName Off
$text
CONF
    close $out;
    return $dir;
}

sub front {
    my ($text, @modules) = @_;
    my $port = free_port();
    $text =~ s/\@port\@/$port/g;
    my $dir = configuration($port, $text, @modules);
    my ($said, $code) = run_ok("$work/bin/httpd", '-f', "$dir/httpd.conf");
    die "httpd: $said" . (-e "$dir/error_log" ? `tail -5 $dir/error_log` : '') if $code;
    eventually(sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) }, 20) or die "no httpd on $port";
    my $front = { port => $port, dir => $dir };
    push @fronts, $front;
    return $front;
}

sub stop_front {
    my ($front) = @_;
    open my $file, '<', "$front->{dir}/pid" or return;
    chomp(my $pid = <$file>);
    kill TERM => $pid;
    eventually(sub { !kill 0 => $pid }, 20) or kill KILL => $pid;
}

END {
    if ($$ == $own) {
        my $status = $?;
        stop_front($_) for @fronts;
        kill TERM => @children;
        waitpid $_, 0 for @children;
        $? = $status;
    }
}

1;
