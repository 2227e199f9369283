# The first login of an account: the request records it once, and makes the tenant's grants and links, even if several
# requests come at the same time.
use strict;
use warnings;
use POSIX ();
use Test::More;
use ScimAuthz;
use ScimTest;

my $t = ScimTest->new('login');
my $tenant = $t->tenant;
my %id = map { $_ => $t->make(Users => userName => $_) } qw(kim lee pat off two bob);
$t->patch("/Users/$id{off}", [{ op => 'replace', path => 'active', value => false }]);
is($t->admin(POST => '/subscriptions', { name => 'Desk', automatic => true })->{status}, 201, 'a subscription that is automatic');
is($t->admin(POST => '/subscriptions', { name => 'Extra' })->{status}, 201, 'and one that is not');
sub setting { is($t->admin(PATCH => "//tenants/$tenant", {@_})->{status}, 200, "setting @_") }
sub logins { return sql("select count(*) from scim.first_login where tenant = '$tenant' and user_id = '$id{$_[0]}'") }
sub grants { return sql("select coalesce(string_agg(s.name || ' ' || a.source || ' ' || a.granted_by, ',' order by s.name), '') from scim.access_grant a
    join scim.subscription s on s.tenant = a.tenant and s.id = a.subscription_id where a.tenant = '$tenant' and a.user_id = '$id{$_[0]}'") }
sub links { return sql("select coalesce(string_agg(l.issuer || ' ' || l.subject, ',' order by l.subject), '') from scim.link l
    where l.tenant = '$tenant' and l.user_id = '$id{$_[0]}'") }

my $site = ScimAuthz->new($t, <<'CONF', qw(setenvif));
<Location "/desk">
    AUTH
    TENANT
    Require scim-entitlement Desk
</Location>
<Location "/user">
    AUTH
    TENANT
    Require scim-user
</Location>
<Location "/extra">
    AUTH
    TENANT
    Require scim-entitlement Extra
</Location>
<Location "/linked">
    AUTH
    TENANT
    SetEnvIf X-Test-Subject "(.+)" SUBJECT=$1
    ScimLink "https://op.example" "%{env:SUBJECT}"
    Require scim-user
</Location>
<Location "/facts">
    AUTH
    TENANT
    ScimFacts env
    Require valid-user
</Location>
CONF

# --- the login policy -----------------------------------------------------------------------------------------------------

$site->may_not('/desk', 'kim', 403, 'no entitlement Desk', 'policy manual');
is(logins('kim'), 0, 'policy manual: nothing is recorded');
setting(loginPolicy => 'first-login');
$site->may_not('/desk', undef, 401, 'nobody is authenticated', 'without a login');
is(logins('kim'), 0, 'nobody has logged in');
$site->may('/desk', 'kim', 'the first request is decided by what it was granted');
is(logins('kim'), 1, 'recorded');
is(grants('kim'), 'Desk login kim', 'granted, by the person itself');
is(sql("select count(*) from scim.audit where tenant = '$tenant' and actor_kind = 'login' and actor = 'kim'"), 1, 'one entry of the audit log');
$site->may('/desk', 'kim', 'the second request');
is(grants('kim'), 'Desk login kim', 'grants nothing more');
my ($grant) = sql("select id from scim.access_grant where tenant = '$tenant' and user_id = '$id{kim}'");
is($t->admin(DELETE => "/grants/$grant")->{status}, 204, 'an administrator takes it back');
$site->may_not('/desk', 'kim', 403, 'no entitlement Desk', 'what was taken back is not given again');
$site->may_not('/extra', 'lee', 403, 'no entitlement Extra', 'refused');
is(logins('lee') . grants('lee'), '1Desk login lee', 'but logged in');
$site->may_not('/user', 'off', 403, 'inactive', 'an account that is not active');
is(logins('off') . grants('off'), '0', 'has not logged in');
$site->may_not('/user', 'stranger', 403, 'no account', 'nor has nobody');
is($site->ask('/facts', 'pat')->{status}, 200, 'a request whose application is told of the account');
is(logins('pat') . grants('pat'), '1Desk login pat', 'is a login as well');

# --- two requests at the same time -------------------------------------------------------------------------------------------

my @pids = map {
    my $pid = fork // die;
    if (!$pid) {
        $t->{agent}->conn_cache({ total_capacity => 1 });
        my @statuses = map { $site->ask('/desk', 'two')->{status} } 1 .. 3;
        POSIX::_exit((grep { $_ != 200 } @statuses) ? 1 : 0);
    }
    $pid;
} 1 .. 6;
for (@pids) {
    waitpid $_, 0;
    is($?, 0, 'each of many at the same time is let in');
}
is(logins('two') . grants('two'), '1Desk login two', 'and one of them was the first');
is(sql("select count(*) from scim.audit where tenant = '$tenant' and actor_kind = 'login' and actor = 'two'"), 1, 'and is noted');

# --- links -----------------------------------------------------------------------------------------------------------------------

$site->may('/linked', 'bob', 'an identity that nobody is linked to', 'X-Test-Subject' => 'b-1');
is(links('bob'), '', 'policy manual: it is not linked');
setting(linkPolicy => 'first-login');
$site->may('/linked', 'bob', 'the same with policy first-login', 'X-Test-Subject' => 'b-1');
is(links('bob'), 'https://op.example b-1', 'the login links it');
$site->may('/linked', 'someone', 'the link is what counts, and not the name', 'X-Test-Subject' => 'b-1');
is($t->request(PUT => "/Users/$id{bob}", { schemas => [$USER], userName => 'robert' })->{status}, 200, 'bob is renamed');
$site->may('/linked', 'bob', 'found by the link under the new name', 'X-Test-Subject' => 'b-1');
$site->may_not('/linked', 'robert', 403, 'the account is linked to another identity', 'the name with another subject', 'X-Test-Subject' => 'b-2');
is(links('bob'), 'https://op.example b-1', 'which is not linked');
# A subject that can be nobody's is not none: the name alone does not count.
for (['too long', 'b' x 5000], ['not UTF-8', "b\xff"], ['full of combining marks', 'b' . "\xcc\x88" x 1000]) {
    my ($what, $subject) = @$_;
    $site->may_not('/linked', 'robert', 403, 'no account', "a subject that is $what", 'X-Test-Subject' => $subject);
}
$site->may_not('/linked', 'stranger', 403, 'no account', 'an identity without an account', 'X-Test-Subject' => 's-1');
is($t->request(DELETE => "/Users/$id{bob}")->{status}, 204, 'robert is deleted');
$site->may_not('/linked', 'kim', 403, 'no account', 'the identity of a deleted account is not taken for another one', 'X-Test-Subject' => 'b-1');
is(links('kim'), '', 'nor linked to it');
$site->may('/linked', 'kim', 'without a subject the name counts');
is(links('kim'), '', 'and links nothing');
is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], 'nothing crashed');
done_testing;
