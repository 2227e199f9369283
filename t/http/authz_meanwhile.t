# An account is merged, deleted, restored and protected while requests use it: an answered change is effective for every
# request that begins afterwards. Also expressions that fail.
use strict;
use warnings;
use POSIX ();
use Test::More;
use Time::HiRes 'time';
use ScimAuthz;
use ScimTest;

my $t = ScimTest->new('meanwhile');
my $tenant = $t->tenant;
my %id = map { $_ => $t->make(Users => userName => $_, externalId => "e-$_") } qw(kim twin lee);
my $staff = $t->make(Groups => displayName => 'Staff', members => [map { { value => $id{$_} } } qw(twin lee)]);
is($t->admin(PATCH => "//tenants/$tenant", { syncPolicy => 'groups' })->{status}, 200, 'groups decide');
is($t->admin(POST => '/subscriptions', { name => 'Desk' })->{status}, 201, 'a subscription');
is($t->admin(POST => '/mappings', { group => 'Staff', subscription => 'Desk' })->{status}, 201, 'that a group gives');
my $site = ScimAuthz->new($t, <<'CONF', ());
<Location "/user">
    AUTH
    TENANT
    Require scim-user
</Location>
<Location "/desk">
    AUTH
    TENANT
    Require scim-entitlement Desk
</Location>
<Location "/told">
    AUTH
    TENANT
    ScimFacts both
    Require valid-user
</Location>
<Location "/value">
    AUTH
    TENANT
    Require scim-group "%{file:/nowhere/at/all}"
</Location>
<Location "/notvalue">
    AUTH
    TENANT
    <RequireAll>
        Require scim-user
        Require not scim-group "%{file:/nowhere/at/all}"
    </RequireAll>
</Location>
<Location "/besides">
    AUTH
    TENANT
    Require scim-group "%{file:/nowhere/at/all}" Staff
</Location>
<Location "/account">
    AUTH
    TENANT
    ScimAccount "%{file:/nowhere/at/all}"
    Require scim-user
</Location>
<Location "/link">
    AUTH
    TENANT
    ScimLink "https://op.example" "%{file:/nowhere/at/all}"
    Require scim-user
</Location>
<Location "/tenant">
    AUTH
    ScimTenant expr "%{file:/nowhere/at/all}"
    Require scim-user
</Location>
CONF

# --- expressions that fail ---------------------------------------------------------------------------------------------------------

my $pat = $t->make(Users => userName => 'pat');
$site->may_not('/value', 'pat', 403, 'an expression fails', 'a value that cannot be worked out');
$site->may_not('/notvalue', 'pat', 403, 'an expression fails', 'nor does its contrary let anybody in');
$site->may_not('/besides', 'pat', 403, 'no group Staff; an expression fails', 'another value of the line does not match');
is($t->patch("/Groups/$staff", [{ op => 'add', path => 'members', value => [{ value => $pat }] }])->{status}, 204, 'pat is in the group');
$site->may('/besides', 'pat', 'another value of the line does');
$site->may_not('/account', 'pat', 403, 'an expression fails', 'ScimAccount');
$site->may_not('/link', 'pat', 403, 'an expression fails', 'ScimLink');
$site->may_not('/tenant', 'pat', 403, 'no tenant', 'ScimTenant');
# --- simultaneous requests ------------------------------------------------------------------------------------------------------------

# Three clients ask again and again, and `$do` changes something meanwhile: some requests end before it, and some begin after it. The times
# at which a request was sent and answered, and the status of each; when the change was sent, and when it was answered.
sub meanwhile {
    my ($path, $user, $do) = @_;
    passwords($user);
    pipe my $in, my $out or die;
    my @pids = map {
        my $pid = fork // die;
        if (!$pid) {
            $t->{agent}->conn_cache({ total_capacity => 1 });
            my $end = time + 60;
            while (time < $end) {
                my $start = time;
                my $status = $site->ask($path, $user)->{status};
                syswrite $out, sprintf "%.6f %.6f %d\n", $start, time, $status;
            }
            POSIX::_exit(0);
        }
        $pid;
    } 1 .. 3;
    close $out;
    my @asked;
    my $ask = sub {
        my ($enough) = @_;
        while (!$enough->() && defined(my $line = <$in>)) { push @asked, [split ' ', $line] }
    };
    $ask->(sub { @asked >= 9 });
    my $begun = time;
    my $res = $do->();
    my $done = time;
    $ask->(sub { 9 <= grep { $_->[0] > $done } @asked });
    kill KILL => @pids;
    push @asked, map { [split] } <$in>;
    waitpid $_, 0 for @pids;
    return { res => $res, asked => \@asked, begun => $begun, done => $done };
}

sub changes {
    my ($name, $path, $user, $before, $after, $do, $answer) = @_;
    my $met = meanwhile($path, $user, $do);
    like($met->{res}{status}, $answer ? qr/^$answer$/ : qr/^20/, "$name: the change") or diag $met->{res}{body};
    my %seen = map { my $when = $_; ($when => { map { $_->[2] => 1 } grep { $when eq 'before' ? $_->[1] < $met->{begun} : $_->[0] > $met->{done} } @{ $met->{asked} } }) } qw(before after);
    is_deeply([keys %{ $seen{before} }], [$before], "$name: before it $before");
    is_deeply([keys %{ $seen{after} }], [$after], "$name: from then on $after");
    is(scalar(grep { $_->[2] !~ /^(?:$before|$after)$/ } @{ $met->{asked} }), 0, "$name: and nothing else meanwhile");
}

changes('merged, the other account', '/desk', 'kim', 403, 200, sub { $t->admin(POST => "/users/$id{twin}/merge", { into => 'kim', confirm => 'twin' }) });
is($site->ask('/user', 'twin')->{status}, 403, 'merged: the account that is gone');
changes('deleted', '/user', 'lee', 200, 403, sub { $t->request(DELETE => "/Users/$id{lee}") });
changes('restored by the identity provider', '/user', 'lee', 403, 200,
    sub { $t->request(POST => '/Users', { schemas => [$USER], userName => 'lee', externalId => 'e-lee' }) });
is($t->request(GET => '/Users?filter=userName%20eq%20%22lee%22')->{json}{Resources}[0]{id}, $id{lee}, 'the same account');
is($t->patch("/Groups/$staff", [{ op => 'add', path => 'members', value => [{ value => $id{lee} }] }])->{status}, 204, 'lee is in the group');
my $leave = sub { $t->patch("/Groups/$staff", [{ op => 'remove', path => qq(members[value eq "$id{lee}"]) }]) };
changes('protected', '/desk', 'lee', 200, 200, sub { $t->admin(POST => "/users/$id{lee}/protect", { kind => 'break-glass' }) });
changes('protected, and taken out of the group', '/desk', 'lee', 200, 200, $leave, 403);
changes('protected no more', '/desk', 'lee', 200, 200, sub { $t->admin(POST => "/users/$id{lee}/unprotect", {}) });
changes('taken out of the group', '/desk', 'lee', 200, 403, $leave);
changes('merged, the account that goes', '/user', 'lee', 200, 403, sub { $t->admin(POST => "/users/$id{lee}/merge", { into => 'kim', confirm => 'lee' }) });
changes('deleted, where the application is told', '/told', 'kim', 200, 200, sub { $t->request(DELETE => "/Users/$id{kim}") });

is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], 'nothing crashed');
done_testing;
