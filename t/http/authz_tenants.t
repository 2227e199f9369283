# The tenant of a Require scim-...: ScimTenant in any section and in each of its forms; .htaccess; and requests without
# a tenant or a database.
use strict;
use warnings;
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimProxy;
use ScimTest;

my ($t, $other) = map { ScimTest->new("authz-$_") } qw(one two);
my ($one, $two) = map { $_->tenant } $t, $other;
$t->make(Users => userName => 'both');
$t->make(Users => userName => 'ann');
$other->make(Users => userName => 'both');
$other->make(Users => userName => 'bea');
my $work = $ENV{SCIM_TEST_WORK};

my $site = ScimAuthz->new($t, <<"CONF", qw(dir));
UseCanonicalName Off
<Location "/path">
    AUTH
    ScimTenant path
    Require scim-user
</Location>
<Location "/host">
    AUTH
    ScimTenant host
    Require scim-user
</Location>
<Location "/fixed">
    AUTH
    ScimTenant fixed $two
    Require scim-user
</Location>
<Location "/expr">
    AUTH
    ScimTenant expr "%{req:X-Which}"
    Require scim-user
</Location>
<Location "/notexpr">
    AUTH
    ScimTenant expr "%{req:X-Which}"
    <RequireAll>
        Require valid-user
        Require not scim-user both
    </RequireAll>
</Location>
<LocationMatch "^/match/">
    AUTH
    ScimTenant fixed $one
    Require scim-user
</LocationMatch>
<Directory "$ScimFront::home/site">
    AllowOverride AuthConfig
    ScimTenant fixed $one
</Directory>
<Location "/outer">
    ScimTenant fixed $one
</Location>
<Location "/outer/inner">
    AUTH
    Require scim-user
</Location>
<Location "/none">
    AUTH
    Require scim-user
</Location>
Alias "/none/x" "$work/t/base.conf"
AliasMatch "^/(path|match|fixed|outer)/" "$ScimFront::home/site/index.html"
CONF

$site->may("/path/$one", 'ann', 'path: an account of the tenant');
$site->may("/path/$two/deeper", 'both', 'path: of the other one');
$site->may_not("/path/$two", 'ann', 403, 'no account', 'path: the account of another tenant');
$site->may_not('/path/nothing-there', 'ann', 403, 'no tenant', 'path: a tenant that does not exist');
$site->may_not('/path/', 'ann', 403, 'no tenant', 'path: no tenant');
$site->may_not('/path/A%20B', 'ann', 403, 'no tenant', 'path: what cannot name a tenant');
$site->may('/host', 'bea', 'host', Host => "$two.example.org");
$site->may_not('/host', 'ann', 403, 'no account', 'host: of another tenant', Host => "$two.example.org");
$site->may_not('/host', 'ann', 403, 'no tenant', 'host: by address');
$site->may('/fixed', 'bea', 'fixed');
$site->may_not('/fixed', 'ann', 403, 'no account', 'fixed: of another tenant');
$site->may('/expr', 'ann', 'expression', 'X-Which' => $one);
$site->may_not('/expr', 'ann', 403, 'no account', 'expression: another tenant', 'X-Which' => $two);
$site->may_not('/expr', 'ann', 403, 'no tenant', 'expression: nothing');
$site->may('/notexpr', 'ann', 'not: another account', 'X-Which' => $one);
$site->may_not('/notexpr', 'both', 403, 'refused by what the account has', 'not: the account', 'X-Which' => $one);
$site->may_not('/notexpr', 'both', 403, 'no tenant', 'not: a tenant that does not exist lets nobody in', 'X-Which' => 'nobodys');
$site->may_not('/notexpr', 'both', 403, 'no tenant', 'not: no tenant lets nobody in');
$site->may('/match/x', 'ann', 'in a LocationMatch');
$site->may('/outer/inner', 'ann', 'from the section around it');
$site->may_not('/outer/inner', 'bea', 403, 'no account', 'from the section around it: another tenant');

# --- .htaccess -----------------------------------------------------------------------------------------------------------

sub htaccess { $site->put('.htaccess', @_) }
my $basic = qq{AuthType Basic\nAuthName "people"\nAuthUserFile "$work/administrators"\n};
htaccess("${basic}Require scim-user\n");
$site->may('/index.html', 'ann', '.htaccess: an account');
$site->may_not('/index.html', 'bea', 403, 'no account', '.htaccess: of another tenant');
htaccess("${basic}Require scim-group nothing\n");
$site->may_not('/index.html', 'ann', 403, 'no group nothing', '.htaccess: changed between two requests');
for my $own ("ScimTenant fixed $two", 'ScimAccount "bea"', 'ScimFacts env', 'ScimLink "a" "b"') {
    htaccess("$basic$own\nRequire scim-user\n");
    is($site->ask('/index.html', 'bea')->{status}, 500, ".htaccess cannot choose: $own");
}
htaccess("${basic}Require scim-role\n");
is($site->ask('/index.html', 'ann')->{status}, 500, '.htaccess: a line without a value');
unlink "$site->{files}/.htaccess";

# --- without a tenant -------------------------------------------------------------------------------------------------------

$site->may_not('/none/x', 'ann', 403, 'no tenant', 'no ScimTenant holds');

# --- the database -------------------------------------------------------------------------------------------------------------

my $proxy = ScimProxy->new(5439);
my $gone = ScimAuthz->new($t, <<"CONF");
DBDParams "host=@{[ScimProxy::place()]} port=5439 dbname=scim user=scim_web connect_timeout=2"
ScimDatabaseTimeout 2
<Location "/user">
    AUTH
    TENANT
    Require scim-user
</Location>
<Location "/not">
    AUTH
    TENANT
    <RequireAll>
        Require valid-user
        Require not scim-group Blocked
    </RequireAll>
</Location>
<Location "/any">
    AUTH
    TENANT
    <RequireAny>
        Require scim-user
        Require user admin
    </RequireAny>
</Location>
<Location "/facts">
    AUTH
    TENANT
    ScimFacts both
    Require valid-user
</Location>
CONF
$gone->may('/user', 'ann', 'the database is there');
undef $proxy;
for my $path (qw(/user /not)) {
    $gone->may_not($path, 'ann', 503, 'the database does not answer', "$path: the database is gone");
}
my $res = $gone->ask('/user', 'ann');
is($res->{headers}->header('Retry-After'), 5, 'Retry-After');
is($res->{headers}->header('WWW-Authenticate'), undef, 'nobody is asked for another password');
$gone->may('/any', 'admin', 'another rule holds without the database');
$gone->may_not('/any', 'ann', 503, 'the database does not answer', 'and nobody else');
is($gone->ask('/facts', 'ann')->{status}, 503, 'facts cannot be told');
$gone->may_not('/user', undef, 401, 'nobody is authenticated', 'who is not authenticated is asked to be');
$proxy = ScimProxy->new(5439);
$gone->may('/user', 'ann', 'the database is there again');
is_deeply([map { $_->error_lines(qr/exit signal|Sanitizer/) } $site, $gone], [], 'nothing crashed');
done_testing;
