#!/usr/bin/perl
# scimctl db upgrade and db index while other sessions hold locks: they wait, but never block requests for long.
#
#   SCIMCTL=/path/to/scimctl prove t/cli/locks.t
use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";
use POSIX ();
use ScimCluster;
use Test::More;
use Time::HiRes qw(time sleep);

start_cluster();
quietly("$bin/createdb", 'scim');
run_json(qw(tenant add acme)) if (run(qw(db init)))[0] == 0;

# Runs in the background; returns the process.
sub background {
    my @command = @_;
    my $pid = fork // die "fork: $!";
    return $pid if $pid;
    open STDOUT, '>', "$dir/background";
    open STDERR, '>&', \*STDOUT;
    exec @command or POSIX::_exit(127);
}

sub locked { sql("select count(*) from pg_locks where relation = '$_[0]'::regclass and granted and mode = '$_[1]'") }

# Another session reads for four seconds. A request is made every tenth of a second: each is answered within two
# seconds.
my $reader = background("$bin/psql", '-Xqc', 'begin; select count(*) from scim.token; select pg_sleep(4); commit');
for (1 .. 100) { last if locked('scim.token', 'AccessShareLock'); sleep 0.05 }
my $begun = time;
my $upgrade = background(@scimctl, qw(db upgrade));
my ($asked, $late, $code) = (0, 0);
while (waitpid($upgrade, POSIX::WNOHANG()) == 0) {
    my ($status) = capture("$bin/psql", '-Xqc', "set statement_timeout = '2s'; select count(*) from scim.token");
    $asked++;
    $late++ if $status;
    sleep 0.1;
    last if time - $begun > 60;
}
$code = $? >> 8;
is $code, 0, 'db upgrade: done when the reader has ended';
cmp_ok(time - $begun, '>', 2, 'not before');
cmp_ok $asked, '>', 3, 'requests went on';
is $late, 0, 'and none waited for long';
waitpid $reader, 0;
is_run(['db', 'status'], 0, qr/^State +current$/m, '', 'the database is current');

done_testing;
