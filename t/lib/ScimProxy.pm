# A proxy between httpd and PostgreSQL that can delay bytes. A separate process accepts connections on a Unix socket and
# forwards all bytes, until a client's bytes contain a marker: these bytes and all later ones, including the end of the
# connection, are held until they are released.
#
#   my $proxy = ScimProxy->new(5434);     # for port=5434 in DBDParams
#   $proxy->hold('some text');            # adds a marker
#   $proxy->held;                         # the number of held connections
#   $proxy->release;                      # forwards all held bytes; returns when PostgreSQL has ended those connections
#   $proxy->cut('some text');             # ends the connection right after PostgreSQL's next error with this text
#   $proxy->cuts;                         # the number of connections ended in this way
package ScimProxy;
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;
use POSIX ();
use Socket;

# The directory of PostgreSQL's socket for httpd, or pgbouncer's if the run has one.
sub place { return $ENV{PGHOST} . ($ENV{SCIM_TEST_POOLER} ? '/pool' : '') }

sub new {
    my ($class, $port) = @_;
    my $path = place() . "/.s.PGSQL.$port";
    unlink $path;
    my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 64) or die "$path: $!";
    socketpair my $here, my $there, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die "socketpair: $!";
    $_->autoflush(1) for $here, $there;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        close $here;
        eval { run($listener, $there) };
        POSIX::_exit($@ ? 1 : 0);
    }
    close $there;
    return bless { pid => $pid, control => $here, path => $path }, $class;
}

sub ask {
    my ($self, $command) = @_;
    print { $self->{control} } "$command\n";
    my $answer = readline $self->{control};
    return defined $answer ? $answer + 0 : die "the proxy is gone\n";
}
sub hold    { $_[0]->ask("hold $_[1]") }
sub cut     { $_[0]->ask("cut $_[1]") }
sub cuts    { $_[0]->ask('cuts') }
sub held    { $_[0]->ask('held') }
sub release { $_[0]->ask('release') }

sub DESTROY {
    my ($self) = @_;
    local ($?, $!);
    kill KILL => $self->{pid};
    waitpid $self->{pid}, 0;
    unlink $self->{path};
}

# --- the process ------------------------------------------------------------------------------------------------------

sub run {
    my ($listener, $control) = @_;
    my $all = IO::Select->new($listener, $control);
    my (%pair, @markers, $releasing, $cut);
    my $cuts = 0;
    my $held = sub { grep { $_->{held} } map { $pair{$_} } grep { $pair{$_}{client} eq $_ } keys %pair };
    while (1) {
        for my $ready ($all->can_read) {
            if ($ready == $listener) {
                my $client = $listener->accept or next;
                my $server = IO::Socket::UNIX->new(Peer => place() . '/.s.PGSQL.5432') or do { close $client; next };
                my $both = { client => $client, server => $server, bytes => '' };
                $pair{$_} = $both for $client, $server;
                $all->add($client, $server);
            } elsif ($ready == $control) {
                sysread $control, my $command, 4096 or return;
                if ($command =~ /^hold (.*)/) { push @markers, $1; syswrite $control, "1\n" }
                elsif ($command =~ /^cut (.*)/) { $cut = $1; syswrite $control, "1\n" }
                elsif ($command =~ /^cuts/) { syswrite $control, "$cuts\n" }
                elsif ($command =~ /^held/) { syswrite $control, scalar(() = $held->()) . "\n" }
                else {
                    @markers = ();
                    $releasing = [$held->()];
                    $_->{held} = 0, pass($_) for @$releasing;
                }
            } elsif (my $both = $pair{$ready}) {
                my $count = sysread $ready, my $bytes, 65536;
                if ($ready == $both->{server}) {
                    if ($count && defined $cut && defined(my $kept = up_to_error($bytes, $cut))) {
                        send_all($both->{client}, $kept);
                        ($count, $cut) = (0);
                        $cuts++;
                    }
                    if (!$count || ($both->{client} && !send_all($both->{client}, $bytes))) {
                        delete $pair{$_}, $all->remove($_), close $_ for grep {$_} @$both{qw(client server)};
                        $both->{ended} = 1;
                    }
                } else {
                    $all->remove($ready) if !$count;
                    $both->{bytes} .= $bytes if $count;
                    $both->{end} = 1 if !$count;
                    # Activity that is written later contains the requests' text, too, but no request waits for it, so
                    # it is not held.
                    $both->{held} ||= grep { index($both->{bytes}, $_) >= 0 } @markers unless $both->{bytes} =~ /\[\{"t":"/;
                    pass($both) unless $both->{held};
                }
            }
        }
        if ($releasing && !grep { !$_->{ended} } @$releasing) {
            syswrite $control, scalar(@$releasing) . "\n";
            $releasing = undef;
        }
    }
}

# PostgreSQL's bytes up to the end of an error with a text; undef: there is none. An error begins with E and its length,
# and arrives complete.
sub up_to_error {
    my ($bytes, $text) = @_;
    while ($bytes =~ /E(?=(....)S)/gs) {
        my $end = pos($bytes) + unpack 'N', $1;
        return substr $bytes, 0, $end if $end <= length $bytes && index(substr($bytes, pos($bytes), $end - pos $bytes), $text) >= 0;
    }
    return undef;
}

# A client that has disconnected reads no answers any more, but its bytes must still reach PostgreSQL.
sub send_all {
    my ($to, $bytes) = @_;
    local $SIG{PIPE} = 'IGNORE';
    while (length $bytes) {
        my $count = syswrite $to, $bytes;
        return 1 if !defined $count;
        substr $bytes, 0, $count, '';
    }
    return 1;
}

sub pass {
    my ($both) = @_;
    send_all($both->{server}, $both->{bytes});
    $both->{bytes} = '';
    shutdown $both->{server}, 1 if $both->{end};
}

1;
