package Apache::TestSCIM::Server;
use strict;
use warnings;
use Carp 'croak';
use Digest::MD5 'md5_hex';
use File::Path ();

# A PostgreSQL for a test suite: on a Unix socket in a directory of its own below /tmp, which is named after the suite's
# directory and the user, so that every process of the suite finds it. Nothing of it outlives stop().
sub new {
    my ($class, %option) = @_;
    my $suite = $option{suite} // croak 'suite, the directory of the test suite, is missing';
    my $dir = $option{dir} // '/tmp/scim-' . substr md5_hex("$> $suite"), 0, 12;
    return bless { dir => $dir, bin => $option{bin}, scimctl => $option{scimctl}, log => [] }, $class;
}

sub dir    { $_[0]{dir} }
sub socket { "$_[0]{dir}/socket" }

# What mod_dbd connects by.
sub dbd_params { 'host=' . $_[0]->socket . ' dbname=scim user=scim_web connect_timeout=5' }

# libpq's environment, for scimctl and psql.
sub environment {
    my ($self) = @_;
    return (PGHOST => $self->socket, PGPORT => 5432, PGUSER => 'postgres', PGDATABASE => 'scim');
}

# Where PostgreSQL's programs are: SCIM_TEST_PGBIN, else the newest of this machine.
sub bin {
    my ($self) = @_;
    return $self->{bin} //= $ENV{SCIM_TEST_PGBIN} // do {
        my ($newest) = map { $_->[0] } sort { $b->[1] <=> $a->[1] }
            map { [$_, m{postgresql/(\d+)} ? $1 : 0] } grep { -x "$_/initdb" } glob('/usr/lib/postgresql/*/bin'), '/usr/local/pgsql/bin', '/usr/bin';
        $newest // croak 'PostgreSQL was not found: install its server (Debian: postgresql), or set SCIM_TEST_PGBIN';
    };
}

# scimctl: SCIMCTL, else the one in PATH.
sub scimctl_program {
    my ($self) = @_;
    return $self->{scimctl} //= $ENV{SCIMCTL} // 'scimctl';
}

# Runs a command with libpq's environment; returns what it printed, and dies with that where it fails.
sub command {
    my ($self, @command) = @_;
    my %environment = $self->environment;
    local @ENV{keys %environment} = values %environment;
    delete local @ENV{qw(PGSERVICE PGPASSFILE PGOPTIONS)};
    my $pid = open(my $out, '-|') // croak "fork: $!";
    if (!$pid) {
        open STDIN,  '<',  '/dev/null';
        open STDERR, '>&', \*STDOUT;
        { exec { $command[0] } @command };
        print "$command[0]: $!\n";
        require POSIX;
        POSIX::_exit(127);
    }
    my $text = do { local $/; <$out> } // '';
    close $out or croak "@command: $text";
    return $text;
}

sub scimctl { my ($self, @words) = @_; return $self->command($self->scimctl_program, @words) }

# One value or more lines, as psql prints them without headings.
sub sql {
    my ($self, $query) = @_;
    my $text = $self->command($self->bin . '/psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', $query);
    chomp $text;
    return $text;
}

sub running { -e "$_[0]{dir}/data/postmaster.pid" && eval { $_[0]->command($_[0]->bin . '/pg_isready', '-q'); 1 } }

# Makes what is missing: the cluster, the database, the schema.
sub start {
    my ($self) = @_;
    my $dir = $self->dir;
    return $self if $self->running;
    if (!-e "$dir/ready") {
        File::Path::remove_tree($dir);
        File::Path::make_path($self->socket, { mode => 0700 });
        $self->command($self->bin . '/initdb', '-D', "$dir/data", qw(-U postgres -A trust -E UTF8 --locale=C.UTF-8 -N));
        open my $conf, '>>', "$dir/data/postgresql.conf" or croak "$dir: $!";
        print $conf "listen_addresses = ''\nunix_socket_directories = '" . $self->socket . "'\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n";
        close $conf or croak "$dir: $!";
    }
    $self->command($self->bin . '/pg_ctl', '-s', '-w', '-D', "$dir/data", '-l', "$dir/log", 'start');
    if (!-e "$dir/ready") {
        $self->command($self->bin . '/createdb', 'scim');
        $self->scimctl(qw(db init));
        open my $ready, '>', "$dir/ready" or croak "$dir: $!";
        close $ready;
    }
    return $self;
}

sub stop {
    my ($self) = @_;
    my $dir = $self->dir;
    eval { $self->command($self->bin . '/pg_ctl', '-s', '-w', '-m', 'immediate', '-D', "$dir/data", 'stop') } if -e "$dir/data/postmaster.pid";
    File::Path::remove_tree($dir);
    return;
}

1;

__END__

=head1 NAME

Apache::TestSCIM::Server - a PostgreSQL with the schema of mod_scim, for a test suite

=head1 DESCRIPTION

Used by L<Apache::TestSCIM::Run>. C<start> makes a cluster, a database and the schema in some three seconds, C<stop> removes them. It does not
run as root, as neither PostgreSQL nor httpd's test suites do.

=cut
