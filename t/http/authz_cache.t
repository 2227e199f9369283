# ScimFactsCache and ScimFactsGrace: what is known is used again for so long and no longer, where that is said and nowhere else.
use strict;
use warnings;
use Test::More;
use ScimAuthz;
use ScimProxy;
use ScimTest;

my $t = ScimTest->new('cache');
my ($kim) = map { $t->make(Users => userName => $_) } qw(kim lee pat);
$t->make(Groups => displayName => 'Staff', members => [{ value => $kim }]);
my $proxy = ScimProxy->new(5439);
my $site = ScimAuthz->new($t, <<"CONF", ());
DBDParams "host=@{[ScimProxy::place()]} port=5439 dbname=scim user=scim_web connect_timeout=2"
ScimDatabaseTimeout 2
<Location "/now">
    AUTH
    TENANT
    Require scim-user
</Location>
<Location "/cached">
    AUTH
    TENANT
    ScimFactsCache 2
    Require scim-user
</Location>
<Location "/group">
    AUTH
    TENANT
    ScimFactsCache 60
    Require scim-group Staff
</Location>
<Location "/grace">
    AUTH
    TENANT
    ScimFactsGrace 4
    Require scim-user
</Location>
<Location "/told">
    AUTH
    TENANT
    ScimFactsGrace 60
    ScimFacts both
    Require scim-user
</Location>
CONF
# httpd takes connections a moment before it has told all.
ok(eventually(sub { 4 == (() = $site->error_lines(qr/ScimFacts(Cache|Grace) \d+: who loses an account/)) }, 10),
    'the log says at the start what may happen');

$site->may('/cached', 'kim', 'known');
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'kim is deactivated');
$site->may('/cached', 'kim', 'cached: still let in');
$site->may_not('/now', 'kim', 403, 'inactive', 'a Location without a cache: not let in');
ok(eventually(sub { $site->ask('/cached', 'kim')->{status} == 403 }, 6), 'when the time is over: not let in');
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'kim is activated');
$site->may_not('/cached', 'stranger', 403, 'no account', 'an account that is not there');
$t->make(Users => userName => 'stranger');
$site->may('/cached', 'stranger', 'is not kept: let in as soon as it is');
$site->may('/group', 'kim', 'by another list than what is kept');
$site->may('/group', 'kim', 'and by what is kept then');
$site->may_not('/group', 'lee', 403, 'no group Staff', 'each account for itself');

$site->may('/grace', 'kim', 'known');
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'kim is deactivated');
$site->may_not('/grace', 'kim', 403, 'inactive', 'grace: while the database answers it is asked');
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'kim is activated');
$site->may($_, 'kim', 'known') for '/grace', '/told';
undef $proxy;
$site->may('/grace', 'kim', 'the database is gone: by what was known');
ok((grep {/\[scim:warn\].*\/grace is decided by what was known \d+ seconds? ago \(ScimFactsGrace\)/} $site->error_lines(qr/warn/)), 'which the log tells');
is($site->ask('/told', 'kim')->{status}, 200, 'facts are told by what was known');
$site->may_not('/grace', 'pat', 503, 'the database cannot be asked', 'who was not known is refused');
$site->may_not('/now', 'kim', 503, 'the database cannot be asked', 'a Location without grace');
ok(eventually(sub { $site->ask('/grace', 'kim')->{status} == 503 }, 8), 'when the time is over: refused');
is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], 'nothing crashed');
done_testing;
