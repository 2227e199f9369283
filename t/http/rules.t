# Each httpd process caches the rules of a tenant, and each write verifies them: an administrator's change is effective
# for every write that begins afterwards, in every process.
use strict;
use warnings;
use POSIX ();
use Test::More;
use Time::HiRes qw(time);
use ScimTest;

my $WRITERS = 32;
my $SECONDS = 8;

my $t = ScimTest->new('rules');
my $dir = "$ENV{SCIM_TEST_WORK}/rules-$$";
mkdir $dir or die "$dir: $!";
$t->admin(POST => '/roles', { role => 'auditor' });

# --- one after the other ---------------------------------------------------------------------------------------------------

# Each connection goes to one process, so many connections reach all. httpd closes idle connections in between; the next
# request makes a new one.
sub together { my @answers = at_once(@_); $t->{agent}->conn_cache->drop; return @answers }
sub at_once { my @sockets = map { my $socket = connect_httpd(); print $socket $t->raw_request(@$_); $socket } @_; return map { read_reply($_) } @sockets }
my $n = 0;
sub posts { my (%more) = @_; return map { [POST => '/Users', { schemas => [$USER], userName => 'one' . ++$n, %more }] } 1 .. 24 }
sub names { return join ' ', sort keys %{ { map { ($_->{json}{displayName} // 'none') => 1 } @_ } } }
sub statuses { return join ' ', sort keys %{ { map { $_->{status} => 1 } @_ } } }

together(posts()) for 1 .. 2;
$t->admin(PATCH => '', { deriveDisplayName => true });
is(names(together(posts(displayName => 'Boss', name => { givenName => 'Kim' }))), 'Kim', 'a setting');
$t->admin(PATCH => '', { deriveDisplayName => false });
is(names(together(posts(displayName => 'Boss', name => { givenName => 'Kim' }))), 'Boss', 'and its opposite');
is(statuses(together(posts(roles => [{ value => 'auditor' }]))), '201', 'a role that is there');
is(statuses(together(posts(roles => [{ value => 'clerk' }]))), '400', 'one that is not');
$t->admin(POST => '/roles', { role => 'clerk' });
is(statuses(together(posts(roles => [{ value => 'clerk' }]))), '201', 'one that is made');
$t->admin(PATCH => '', { reservedRoles => ['clerk'] });
is(statuses(together(posts(roles => [{ value => 'clerk' }]))), '403', 'one that is reserved');
$t->admin(PATCH => '', { reservedRoles => [] });
$t->admin(PATCH => '', { userNameEmail => true });
is(statuses(together(posts())), '400', 'names that must be e-mail addresses');
$t->admin(PATCH => '', { userNameEmail => false });
is(statuses(together(posts())), '201', 'and need not');
my $given = $t->admin(POST => '/flags', { flag => 'seen' })->{status};
$t->admin(POST => '/templates', { name => 'All', flags => ['seen'] });
together(posts());
is(sql("select count(*) from scim.resource where tenant = '${\ $t->tenant}' and flags = '{seen}'"), 24, 'the first template');
$t->admin(DELETE => '/templates/All');

# --- two administrators and many writers at once ---------------------------------------------------------------------------

sub lines { my ($file) = @_; open my $in, '<', $file or die "$file: $!"; return map { chomp; [split / /] } <$in> }

# Runs code in a separate process, which writes lines into a file.
sub beside {
    my ($file, $work) = @_;
    my $pid = fork // die;
    return $pid if $pid;
    $t->{agent}->conn_cache({ total_capacity => 1 });    # not the parent's connection
    open my $out, '>', "$dir/$file" or die;
    $out->autoflush(1);
    my $ok = eval { $work->($out); 1 };
    print STDERR $@ unless $ok;
    POSIX::_exit($ok ? 0 : 1);
}

# A rule was certainly effective from the answer to its change until the next change was requested.
sub administrator_of {
    my ($file, $set) = @_;
    return beside($file, sub {
        my ($out) = @_;
        my $end = time + $SECONDS;
        $t->{agent}->conn_cache(undef);    # where all workers are busy httpd closes connections that are kept
        for (my $on = 0; time < $end; $on = !$on) {
            my $begun = time;
            $set->($on) == 200 or die 'not set';
            print $out join(' ', $begun, time, $on ? 1 : 0), "\n";
            select undef, undef, undef, 0.05 + rand 0.1;
        }
    });
}
my @pids = (
    administrator_of('derives', sub { $t->admin(PATCH => '', { deriveDisplayName => $_[0] ? true : false })->{status} }),
    administrator_of('reserves', sub { $t->admin(PATCH => '', { reservedRoles => $_[0] ? ['auditor'] : [] })->{status} }),
);
push @pids, map {
    my $me = $_;
    beside("writer-$me", sub {
        my ($out) = @_;
        my $end = time + $SECONDS;
        for (my $i = 0; time < $end; $i++) {
            my $begun = time;
            my $res = $t->request(POST => '/Users', { schemas => [$USER], userName => "w$me-$i", displayName => 'Boss', name => { givenName => 'Kim' },
                $i % 2 ? (roles => [{ value => 'auditor' }]) : () });
            next unless $res->{json};    # httpd has closed the connection before it took the request
            print $out join(' ', $begun, time, $i % 2, $res->{status}, $res->{json}{displayName} // '-'), "\n";
        }
    });
} 1 .. $WRITERS;
for (@pids) { waitpid $_, 0; $? == 0 or fail('a process ended well') }

# The rule that was certainly effective during the whole write; undef: unknown.
sub held {
    my ($set, $begun, $ended) = @_;
    for my $i (0 .. $#$set) {
        return $set->[$i][2] if $set->[$i][1] <= $begun && ($i == $#$set || $set->[ $i + 1 ][0] >= $ended);
    }
    return undef;
}
my @derives  = lines("$dir/derives");
my @reserves = lines("$dir/reserves");
my ($seen, @wrong) = (0);
for my $write (map { lines("$dir/writer-$_") } 1 .. $WRITERS) {
    my ($begun, $ended, $with_role, $status, $name) = @$write;
    my $reserved = held(\@reserves, $begun, $ended);
    my $derived  = held(\@derives, $begun, $ended);
    push @wrong, "status $status" unless $status =~ /^(?:201|403)$/;
    if ($with_role && defined $reserved) { $seen++; push @wrong, "role: $status" if $status != ($reserved ? 403 : 201) }
    if ($status == 201 && defined $derived) { $seen++; push @wrong, "name: $name" if $name ne ($derived ? 'Kim' : 'Boss') }
}
# Under prefork there are fewer processes than clients.
cmp_ok(@derives + @reserves, '>=', $ENV{SCIM_TEST_MPM} eq 'prefork' ? 4 : 20, 'two administrators have set a rule again and again');
cmp_ok($seen, '>=', 50, "$WRITERS writers have written meanwhile");
is("@wrong[0 .. ($#wrong > 9 ? 9 : $#wrong)]", '', 'and no write was carried out by a rule that held no more') or diag scalar(@wrong) . ' of ' . $seen;

done_testing;
