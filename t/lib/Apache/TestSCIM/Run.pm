package Apache::TestSCIM::Run;
use strict;
use warnings;
use parent 'Apache::TestRun';
use Cwd ();
use Apache::TestSCIM::Server;

my ($current, $process);

# Apache::Test forgets empty answers of apxs, such as Debian's PREFIX, and runs apxs again for each LoadModule line.
{
    no warnings 'redefine';
    my $ask = \&Apache::TestConfig::apxs;
    my %known;
    *Apache::TestConfig::apxs = sub { my ($config, $name, @more) = @_; return $known{$name} //= $config->$ask($name, @more) // '' };
}

# The suite's PostgreSQL.
sub scim {
    my ($self) = @_;
    return $self->{scim} //= Apache::TestSCIM::Server->new(suite => Cwd::abs_path('.'));
}

sub new_test_config {
    my ($self) = @_;
    my $server = $self->scim;
    ($current, $process) = ($self, $$);
    $self->{conf_opts}{scim_dbd_params} = $server->dbd_params;
    $self->{conf_opts}{scim_dir}        = $server->dir;
    return $self->SUPER::new_test_config;
}

# The database is there before httpd is.
sub start {
    my ($self) = @_;
    if ($self->{opts}{'start-httpd'} && $> != 0) {
        $self->scim->start;
        $self->prepare($self->scim);
    }
    return $self->SUPER::start;
}

# For a suite to override: what its tests find in the database, such as a tenant with its roles and subscriptions.
sub prepare { }

# Also where tests have failed, which ends the process.
END {
    if ($current && $$ == $process && $current->{opts} && $current->{opts}{'stop-httpd'}) {
        local $?;
        $current->scim->stop;
    }
}

1;

__END__

=head1 NAME

Apache::TestSCIM::Run - an Apache::Test suite that has a PostgreSQL with mod_scim's schema

=head1 SYNOPSIS

    # t/TEST.PL
    use lib '/usr/local/share/mod_scim/perl';

    package My::Run;
    use parent 'Apache::TestSCIM::Run';
    sub prepare {
        my ($self, $server) = @_;
        $server->scimctl(qw(tenant add acme));
    }

    My::Run->new->run(@ARGV);

=head1 DESCRIPTION

It starts the database before httpd and stops it after httpd. In C<t/conf/*.in> these words stand for what it has made:

=over

=item C<@scim_dbd_params@>

the value of C<DBDParams>

=item C<@scim_dir@>

the directory of the database, which L<Apache::TestSCIM> finds by itself

=back

C<-start-httpd>, C<-stop-httpd> and the names of test files work as in every suite of Apache::Test.

=cut
