# ScimFactsCache and ScimFactsGrace: cached facts are used for the configured time, only where they are configured.
use strict;
use warnings;
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimProxy;
use ScimTest;
use Time::HiRes qw(sleep time);

my $t = ScimTest->new('cache');
my ($kim, undef, $pat) = map { $t->make(Users => userName => $_) } qw(kim lee pat);
$t->make(Groups => displayName => 'Staff', members => [{ value => $kim }]);
my $proxy = ScimProxy->new(5439);
my $several = $ScimFront::mpm eq 'prefork' ? '' : "StartServers 2\nMinSpareThreads 9\nMaxSpareThreads 16\nMaxRequestWorkers 16\n";
my $site = ScimAuthz->new($t, $several . <<"CONF", ());
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
    ScimDatabaseTimeout 10
    Require scim-user
</Location>
<Location "/long">
    AUTH
    TENANT
    ScimFactsCache 60
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
# httpd accepts connections a moment before it has logged everything.
ok(eventually(sub { 5 == (() = $site->error_lines(qr/ScimFacts(Cache|Grace) \d+: after losing an account/)) }, 10),
    'the log says at the start what may happen');

$site->may('/cached', 'kim', 'known');
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'kim is deactivated');
$site->may('/cached', 'kim', 'cached: still let in');
$site->may_not('/now', 'kim', 403, 'inactive', 'a Location without a cache: not let in');
ok(eventually(sub { $site->ask('/cached', 'kim')->{status} == 403 }, 6), 'when the time is over: not let in');
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'kim is activated');
$site->may_not('/cached', 'stranger', 403, 'no account', 'an account that is not there');
my $stranger = $t->make(Users => userName => 'stranger');
$site->may('/cached', 'stranger', 'is not kept: let in as soon as it is');
$site->may('/group', 'kim', 'by another list than what is kept');
$site->may('/group', 'kim', 'and by what is kept then');
$site->may_not('/group', 'lee', 403, 'no group Staff', 'each account for itself');

# --- each process uses its own copy for a second, without reading the shared cache ---
sub statuses { my ($place, $who) = @_; return join ',', map { $site->ask($place, $who, Connection => 'close')->{status} } 1 .. 12 }
is(statuses('/cached', 'pat'), join(',', (200) x 12), 'all processes have it');
is($t->patch("/Users/$pat", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'pat is deactivated');
sleep 2.1;
is(statuses('/cached', 'pat'), join(',', (403) x 12), 'when the time is over no process lets in');
is($t->patch("/Users/$pat", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'pat is activated');
sleep 2.1;
is(statuses($_, 'pat'), join(',', (200) x 12), "$_: all processes have it") for '/cached', '/long';
is($t->patch("/Users/$pat", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'pat is deactivated');
sleep 2.1;
is($site->ask('/cached', 'pat')->{status}, 403, 'one process asks the database');
sleep 1.1;
is(statuses('/long', 'pat'), join(',', (403) x 12), 'which all know a second later, however long they may use what they had');
is($t->patch("/Users/$pat", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'pat is activated');

# --- the age of an answer counts from the query, even if the query took long ---
open my $psql, '-|', 'psql', '-qAtX', map { ('-c', $_) } 'begin', 'lock table scim.tenant', 'select pg_sleep(2)', 'commit' or die "psql: $!";
ok(eventually(sub { sql("select count(*) from pg_locks where relation = 'scim.tenant'::regclass and mode = 'AccessExclusiveLock' and granted") }),
    'the database takes two seconds to answer');
my $asked = time;
is($site->ask('/cached', 'stranger')->{status}, 200, 'an answer that took a while');
close $psql;
is($t->patch("/Users/$stranger", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'the stranger is deactivated');
sleep $asked + 3 - time if time < $asked + 3;
is(statuses('/cached', 'stranger'), join(',', (403) x 12), 'is not let in when the time since the question is over');

$site->may('/grace', 'kim', 'known');
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'kim is deactivated');
$site->may_not('/grace', 'kim', 403, 'inactive', 'grace: while the database answers it is asked');
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'kim is activated');
$site->may($_, 'kim', 'known') for '/grace', '/told';
undef $proxy;
$site->may('/grace', 'kim', 'the database is gone: by what was known');
ok((grep {/\[scim:warn\].*\/grace is decided from facts that are \d+ seconds? old \(ScimFactsGrace\)/} $site->error_lines(qr/warn/)), 'which the log tells');
is($site->ask('/told', 'kim')->{status}, 200, 'facts are told by what was known');
$site->may_not('/grace', 'pat', 503, 'the database does not answer', 'who was not known is refused');
$site->may_not('/now', 'kim', 503, 'the database does not answer', 'a Location without grace');
ok(eventually(sub { $site->ask('/grace', 'kim')->{status} == 503 }, 8), 'when the time is over: refused');
is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], 'nothing crashed');
done_testing;
