# A PostgreSQL for one test of scimctl, and scimctl itself. Call start_cluster() first.
#
# Needs initdb and postgres (in SCIM_TEST_PGBIN; default: pg_config's directory), and SCIMCTL in the environment. If the test runs as root, the
# server runs as the user postgres. Commands find it by libpq's environment; the test creates the database "scim". It ends with the test.
package ScimCluster;
use strict;
use warnings;
use Exporter 'import';

use Cwd ();
use File::Temp ();
use IPC::Open3 ();
use JSON::PP ();
use POSIX ();
use Symbol ();
use Test::More;

our @EXPORT = qw(start_cluster @scimctl $root @migrations $latest $bin $dir capture quietly start_server stop_server run is_run run_json sql);

our @scimctl = split ' ', $ENV{SCIMCTL} // '';
(our $root = Cwd::abs_path(__FILE__)) =~ s{/t/lib/[^/]+$}{};
# The numbers of the migrations, which may have gaps.
our @migrations = sort { $a <=> $b } map { m{/(\d{4})-[^/]+\.sql$} ? $1 + 0 : () } glob "$root/sql/*.sql";
our $latest = $migrations[-1];

# --- the server -------------------------------------------------------------------------------------------------------

chomp(our $bin = $ENV{SCIM_TEST_PGBIN} // `pg_config --bindir`);
our $dir = File::Temp->newdir('scimctl-XXXXXX', TMPDIR => 1);
my @as = $> == 0 ? ('setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--clear-groups', 'env', "HOME=$dir") : ();
my $server;

sub capture {
    my @command = @_;
    my $errors = Symbol::gensym();
    open my $null, '<', '/dev/null' or die;
    my $pid = IPC::Open3::open3('<&' . fileno $null, my $output, $errors, @command);
    local $/;
    # The output is much smaller than a pipe's buffer, so reading one after the other cannot block.
    my $out = <$output>;
    my $err = <$errors>;
    waitpid $pid, 0;
    return ($? >> 8, $out // '', $err // '');
}

sub quietly {
    my @command = @_;
    my ($code, $out, $err) = capture(@command);
    BAIL_OUT("@command: $err") if $code != 0;
    return $out;
}

sub start_server {
    $server = fork // die;
    if (!$server) {
        open STDOUT, '>', "$dir/log";
        open STDERR, '>&', \*STDOUT;
        exec @as, "$bin/postgres", '-D', "$dir/data", '-k', "$dir", '-c', 'listen_addresses=', '-c', 'fsync=off'
            or POSIX::_exit(127);
    }
    for (1 .. 300) {
        return if (capture("$bin/pg_isready", '-q', '-h', "$dir"))[0] == 0;
        select undef, undef, undef, 0.1;
    }
    BAIL_OUT("PostgreSQL did not start; see $dir/log");
    return;
}

# With QUIT it ends like after a crash.
sub stop_server {
    my ($signal) = @_;
    return if !$server;
    kill $signal // 'INT', $server;
    waitpid $server, 0;
    undef $server;
    return;
}

END {
    my $code = $?;
    stop_server();
    chdir '/';
    $? = $code;
}

sub start_cluster {
    @scimctl or BAIL_OUT('SCIMCTL must name the scimctl to test');
    if ($> == 0) {
        my ($uid, $gid) = (getpwnam 'postgres')[2, 3];
        chown $uid, $gid, "$dir" or BAIL_OUT("chown $dir: $!");
    }
    chmod 0755, "$dir";
    chdir '/';
    delete @ENV{ grep { /^PG|^SCIM_(?:TENANT|BASE_URL)$/ } keys %ENV };
    quietly(@as, "$bin/initdb", '-D', "$dir/data", '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-N');
    start_server();
    @ENV{qw(PGHOST PGUSER PGDATABASE)} = ("$dir", 'postgres', 'scim');
    return;
}

# --- scimctl and psql -------------------------------------------------------------------------------------------------

sub run { return capture(@scimctl, @_); }

# Compares the result exactly; $out and $err may be patterns.
sub is_run {
    my ($command, $code, $out, $err, $name) = @_;
    my @got = run(@$command);
    $name //= "scimctl @$command";
    subtest $name => sub {
        is $got[0], $code, 'exit code';
        ref $out ? like($got[1], $out, 'output') : is($got[1], $out, 'output');
        ref $err ? like($got[2], $err, 'message') : is($got[2], $err, 'message');
    };
    return @got;
}

sub run_json {
    my ($code, $out, $err) = run(@_, '--json');
    is $code, 0, "scimctl @_ --json" or diag $err;
    is $err, '', 'without a message';
    is(($out =~ tr/\n//), 1, 'one line');
    return JSON::PP::decode_json($out);
}

sub sql {
    my $text = quietly("$bin/psql", '-XqAtc', $_[0]);
    chomp $text;
    return $text;
}

1;
