# Require scim-user, scim-role, scim-group, scim-entitlement, scim-flag: who is allowed, who is refused and why. A
# change has an effect on the next request.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimAuthz;
use ScimTest;

my $t = ScimTest->new('authz');
my %id;
for my $name (qw(kim lee pat)) { $id{$name} = $t->make(Users => userName => $name, externalId => "e-$name") }
$id{role}  = $t->make(Users => userName => 'Role', roles => [{ value => 'office-admin' }]);
$id{staff} = $t->make(Groups => displayName => 'Staff, all', members => [{ value => $id{kim} }]);
$id{outer} = $t->make(Groups => displayName => 'Outer', members => [{ value => $id{staff}, type => 'Group' }]);
$id{ring}  = $t->make(Groups => displayName => 'Ring', members => [{ value => $id{outer}, type => 'Group' }]);
is($t->admin(POST => '/subscriptions', { name => 'Web - French', seats => 1 })->{status}, 201, 'a subscription');
is($t->admin(POST => '/subscriptions', { name => 'Web - Bilingual' })->{status}, 201, 'another one');
is($t->admin(POST => '/flags', { flag => 'may see data' })->{status}, 201, 'a flag');

my $site = ScimAuthz->new($t, <<'CONF');
<Location "/user">
    AUTH
    TENANT
    Require scim-user
</Location>
<Location "/named">
    AUTH
    TENANT
    Require scim-user "KIM" pat
</Location>
<Location "/role">
    AUTH
    TENANT
    Require scim-role OFFICE-admin administrator
</Location>
<Location "/group">
    AUTH
    TENANT
    Require scim-group "staff, ALL"
</Location>
<Location "/outer">
    AUTH
    TENANT
    Require scim-group Outer
</Location>
<Location "/ring">
    AUTH
    TENANT
    Require scim-group Ring
</Location>
<Location "/french">
    AUTH
    TENANT
    Require scim-entitlement "Web - French"
</Location>
<Location "/web">
    AUTH
    TENANT
    Require scim-entitlement "Web - French" "web - bilingual"
</Location>
<Location "/flag">
    AUTH
    TENANT
    Require scim-flag 'May see data'
</Location>
<Location "/expr">
    AUTH
    TENANT
    Require scim-group "%{req:X-Group}"
</Location>
<Location "/nothing">
    AUTH
    TENANT
    Require scim-group "%{req:X-Empty}"
</Location>
<Location "/all">
    AUTH
    TENANT
    <RequireAll>
        Require scim-group "Staff, all"
        Require scim-entitlement "Web - Bilingual"
    </RequireAll>
</Location>
<Location "/any">
    AUTH
    TENANT
    <RequireAny>
        Require scim-flag "may see data"
        Require scim-role office-admin
        Require user admin
    </RequireAny>
</Location>
<Location "/none">
    AUTH
    TENANT
    <RequireAll>
        Require scim-user
        <RequireNone>
            Require scim-group "Staff, all"
        </RequireNone>
    </RequireAll>
</Location>
<Location "/not">
    AUTH
    TENANT
    <RequireAll>
        Require valid-user
        Require not scim-group "Staff, all"
    </RequireAll>
</Location>
<Location "/email">
    AUTH
    TENANT
    ScimAccount "%{REMOTE_USER}@example.com"
    Require scim-user
</Location>
CONF

# --- who is allowed -------------------------------------------------------------------------------------------------------

$site->may_not('/user', undef, 401, 'nobody is authenticated', 'without a login');
$site->may('/user', 'kim', 'an account');
$site->may('/user', 'KIM', 'in capital letters');
$site->may_not('/user', 'stranger', 403, 'no account', 'who has no account');
$site->may('/named', 'kim', 'by name');
$site->may_not('/named', 'lee', 403, 'no user KIM; no user pat', 'another name');
$site->may('/role', 'role', 'by role, whatever its case');
$site->may_not('/role', 'kim', 403, 'no role OFFICE-admin; no role administrator', 'another role');
$site->may('/group', 'kim', 'by group, whose name has a comma');
$site->may_not('/group', 'lee', 403, 'no group staff, ALL', 'who is not in it');
$site->may('/outer', 'kim', 'by a group that the group is in');
$site->may('/ring', 'kim', 'and one further out');
$site->may_not('/ring', 'pat', 403, 'no group Ring', 'who is in none of them');

is($t->admin(POST => '/grants', { user => 'kim', subscription => 'Web - French' })->{status}, 201, 'kim is granted');
select undef, undef, undef, 0.01;
is($t->admin(POST => '/grants', { user => 'lee', subscription => 'Web - French' })->{status}, 201, 'lee as well');
$site->may('/french', 'kim', 'who has the seat');
$site->may_not('/french', 'lee', 403, 'waiting for a seat of Web - French', 'who waits for one');
$site->may_not('/french', 'pat', 403, 'no entitlement Web - French', 'who has none');
is($t->admin(POST => '/grants', { user => 'lee', subscription => 'Web - Bilingual' })->{status}, 201, 'lee is granted the other one');
$site->may('/web', 'lee', 'any of several');
is($t->admin(PATCH => '/users/kim', { flags => ['may see data'] })->{status}, 200, 'kim gets the flag');
$site->may('/flag', 'kim', 'by flag');
$site->may_not('/flag', 'lee', 403, 'no flag May see data', 'who has no flag');

# --- expressions and combinations ---------------------------------------------------------------------------------------------

$site->may('/expr', 'kim', 'the value of an expression', 'X-Group' => 'Staff, all');
$site->may_not('/expr', 'kim', 403, 'no group Nobody', 'another value', 'X-Group' => 'Nobody');
$site->may_not('/nothing', 'kim', 403, 'refused by what the account has', 'an expression that gives nothing');
$site->may_not('/all', 'kim', 403, 'no entitlement Web - Bilingual', 'one of all is missing');
$site->may_not('/all', 'lee', 403, 'no group Staff, all', 'the other one is');
is($t->admin(POST => '/grants', { user => 'kim', subscription => 'Web - Bilingual' })->{status}, 201, 'kim is granted');
$site->may('/all', 'kim', 'both');
$site->may('/any', 'kim', 'any: the flag');
$site->may('/any', 'role', 'any: the role');
$site->may('/any', 'admin', 'any: the name');
$site->may_not('/any', 'lee', 403, 'no flag may see data; no role office-admin', 'any: none of them');
$site->may('/none', 'lee', 'none: not in the group');
$site->may_not('/none', 'kim', 403, 'refused by what the account has', 'none: in the group');
$site->may_not('/none', 'stranger', 403, 'no account', 'none: no account');
$site->may('/not', 'lee', 'not: not in the group');
$site->may_not('/not', 'kim', 403, 'refused by what the account has', 'not: in the group');
$site->may('/not', 'stranger', 'not alone demands no account');

# --- the next request -----------------------------------------------------------------------------------------------------------

$t->make(Users => userName => 'mail@example.com');
$site->may('/email', 'mail', 'ScimAccount makes the name');
is($t->patch("/Users/$id{kim}", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'kim is deactivated');
$site->may_not($_, 'kim', 403, 'inactive', "inactive: $_") for qw(/user /group /french /flag /role);
$site->may('/french', 'lee', 'the seat goes to the next one');
is($t->patch("/Users/$id{kim}", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'kim is activated');
$site->may('/group', 'kim', 'active again');
is($t->patch("/Groups/$id{staff}", [{ op => 'remove', path => "members[value eq \"$id{kim}\"]" }])->{status}, 204, 'kim leaves the group');
$site->may_not('/group', 'kim', 403, 'no group staff, ALL', 'no member any more');
$site->may_not('/ring', 'kim', 403, 'no group Ring', 'nor of the outer ones');
is($t->patch("/Groups/$id{staff}", [{ op => 'add', path => 'members', value => [{ value => $id{lee} }] }])->{status}, 204, 'lee joins');
$site->may('/ring', 'lee', 'a member on the next request');
is($t->request(DELETE => "/Groups/$id{outer}")->{status}, 204, 'the group between is deleted');
$site->may_not('/ring', 'lee', 403, 'no group Ring', 'the way to the outer one is cut');
is($t->request(DELETE => "/Users/$id{kim}")->{status}, 204, 'kim is deleted');
$site->may_not('/user', 'kim', 403, 'no account', 'deleted');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'kim', externalId => 'e-kim' })->{status}, 201, 'and comes back');
$site->may('/user', 'kim', 'restored');

# --- another login attribute ------------------------------------------------------------------------------------------------------

is($t->patch("/Users/$id{pat}", [{ op => 'add', path => 'emails', value => [{ value => 'Pat@Example.org', primary => true }] }])->{status}, 200, 'an e-mail address');
is($t->admin(PATCH => "//tenants/@{[$t->tenant]}", { loginAttribute => 'email' })->{status}, 200, 'people log in by e-mail address');
$site->may('/user', 'pat@example.org', 'by e-mail address');
$site->may_not('/user', 'pat', 403, 'no account', 'the userName is no login any more');
is($t->admin(PATCH => "//tenants/@{[$t->tenant]}", { loginAttribute => 'userName' })->{status}, 200, 'by userName again');
$site->may('/user', 'pat', 'by userName');

# --- the tenant --------------------------------------------------------------------------------------------------------------------

# When provisioning is switched off, the chosen treatment of the accounts decides.
my $local = $t->admin(POST => '/users', { userName => 'local' });
is($local->{status}, 201, 'a local account');
my $not = $site->ask('/not', 'pat')->{status};
scimctl('tenant', 'disable', $t->tenant, '--accounts', 'keep');
is($t->request(GET => '/Users')->{status}, 403, 'the endpoint is switched off');
$site->may('/user', 'pat', 'keep: who has access keeps it');
is($site->ask('/not', 'pat')->{status}, $not, 'keep: as before');
$site->may_not('/user', 'stranger', 403, 'tenant off', 'keep: who has no account gets none now');
$site->may('/any', 'admin', 'keep: another rule holds all the same');
scimctl('tenant', 'enable', $t->tenant);
$site->may_not('/user', 'stranger', 403, 'no account', 'the tenant is switched on');
scimctl('tenant', 'disable', $t->tenant, '--accounts', 'deactivate');
$site->may_not('/user', 'pat', 403, 'tenant off', 'deactivate: what the identity provider made is refused');
$site->may('/user', 'local', 'deactivate: a local account stays');
scimctl('tenant', 'enable', $t->tenant);
$site->may_not('/user', 'pat', 403, 'inactive', 'the tenant is switched on, and the account is inactive');
is($t->patch("/Users/$id{pat}", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'the identity provider provisions again');
$site->may('/user', 'pat', 'and it is let in');
scimctl('tenant', 'disable', $t->tenant, '--accounts', 'local');
$site->may('/user', 'pat', 'local: who has access keeps it');
scimctl('tenant', 'enable', $t->tenant);

is(scalar(() = $site->error_lines(qr/\[scim:error\].*403 to kim for \/ring/)), 1, 'the log has one line for a refusal');
is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], 'nothing crashed');
done_testing;
